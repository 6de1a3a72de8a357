import Foundation
import TestSupport
import Testing

@Suite("A shell completes commands, options, and the names of the policy that is asked")
struct CompletionTests {
    private func candidates(_ words: String..., behind: String = "") throws -> [String] {
        let tool = try #require(BuiltPackage.policyTool)
        let result = try ProcessResult.run(tool, ["complete", "zsh", behind] + words, collecting: .both)
        return result.text.split(separator: "\n").map(String.init)
    }

    @Test("Commands, options and their words")
    func words() throws {
        #expect(try candidates("exp") == ["explain"])
        #expect(try candidates("search", "--dir") == ["--direct-source", "--direct-target"])
        #expect(try candidates("search", "--state", "un") == ["unconditional"])
        #expect(try candidates("search", "--format=j") == ["--format=json"])
        #expect(try candidates("search", "").isEmpty)
    }

    @Test("Names come from the policy, before or behind the word")
    func names() throws {
        try SmallPolicy.withFile { (path: String) throws in
            #expect(try candidates("search", path, "-s", "dom") == ["dom0_t", "domU_t", "domain_type"])
            #expect(try candidates("search", "-s", "dom0", behind: path) == ["dom0_t"])
            #expect(try candidates("search", path, "-p", "pause,unp") == ["pause,unpause"])
            #expect(try candidates("info", "--booleans=s", behind: path) == ["--booleans=strict"])
            #expect(try candidates("explain", path, "system_u:s") == ["system_u:system_r:dom0_t", "system_u:system_r:xen_t"])
            #expect(try candidates("explain", path, "a", "b", "xen", "") == ["kexec"])
            #expect(try candidates("explain", path, "--set", "o") == ["open"])
        }
    }

    private static let wanted = ["system_u:system_r:dom0_t", "system_u:system_r:xen_t"]

    @Test("bash, zsh and fish complete a context, whose colons are ends of words for one of them", arguments: [
        ("bash", """
            line="$XSM explain $POLICY system_u:system_r:"; COMP_LINE=$line; COMP_POINT=${#line}; _xsm_policy
            for word in "${COMPREPLY[@]}"; do echo "system_u:system_r:$word"; done
            """),
        ("zsh", """
            words=(xsm-policy explain $POLICY system_u:system_r:); CURRENT=4; _xsm_policy
            """),
        ("fish", """
            complete -C "xsm-policy explain $POLICY system_u:system_r:"
            """),
    ])
    func shells(name: String, asked: String) throws {
        guard let shell = BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/\(name)")) else {
            Peer.missing("\(name): nothing was compared with it")
            return
        }
        let tool = try #require(BuiltPackage.policyTool)
        try SmallPolicy.withFile { (path: String) throws in
            // The completion system of zsh is there in interactive shells only.
            let before = name == "zsh" ? "compdef() {}; compadd() { print -l ${(P)2}; }; _files() {}\n" : ""
            let load = name == "fish" ? "xsm-policy completion fish | source" : "eval \"$(xsm-policy completion \(name))\""
            let script = "\(before)\(load)\n\(asked)\n"
            let result = try ProcessResult.run(
                URL(fileURLWithPath: "/usr/bin/env"),
                ["PATH=\(tool.deletingLastPathComponent().path):/usr/bin:/bin", "POLICY=\(path)", "XSM=xsm-policy", "HOME=\(URL(fileURLWithPath: path).deletingLastPathComponent().path)", shell.path]
                    + (name == "bash" ? ["--norc"] : name == "zsh" ? ["-f"] : ["--no-config"]) + ["-c", script],
                collecting: .both)
            #expect(result.text.split(separator: "\n").map(String.init).sorted() == Self.wanted, "\(result.text)")
        }
    }
}
