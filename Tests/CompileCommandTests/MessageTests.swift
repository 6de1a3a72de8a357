import Foundation
import Testing

/// What the tool says, and where.
@Suite struct MessageTests {
    /// Compiles, and has something to say: an unused type, and a rule without permissions, which checkpolicy warns
    /// about as well.
    private func policy(_ rule: String = "") -> String {
        """
        class domain
        sid xen
        class domain { create }
        type used_t;
        type unused_t;
        role system_r;
        role system_r types used_t;
        allow used_t self:domain create;
        \(rule)
        user system_u roles system_r;
        sid xen system_u:system_r:used_t

        """
    }

    @Test func onlyWarningsOfCheckpolicyBecomeErrors() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("lint.conf", policy())
        try folder.write("peer.conf", policy("allow used_t self:domain ~create;"))
        let lint = try Command.compile("-E", "lint.conf", in: folder)
        #expect(lint.status == 0)
        #expect(lint.errors.contains("warning["), "the policy no longer has a lint: \(lint.errors)")
        let warned = try Command.compile("peer.conf", in: folder)
        #expect(warned.status == 0)
        #expect(warned.errors.contains("warning[empty-permissions]"), "\(warned.errors)")
        let refused = try Command.compile("-E", "peer.conf", "-o", "out", in: folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("error[empty-permissions]"))
        #expect(try folder.names() == ["lint.conf", "peer.conf"])
    }

    @Test func machineReadableFormsAreOneDocumentOnTheStandardOutput() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("good.conf", policy())
        try folder.write("broken.conf", "class domain\nnonsense\n")
        for name in ["good.conf", "broken.conf", "absent.conf"] {
            for format in ["json", "sarif"] {
                let run = try Command.compile("--format", format, name, in: folder)
                #expect(run.status == (name == "good.conf" ? 0 : 1))
                #expect(run.errors == "")
                let document = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
                let results =
                    format == "json"
                    ? document["diagnostics"] as? [Any]
                    : (document["runs"] as? [[String: Any]])?.first?["results"] as? [Any]
                #expect(try #require(results).isEmpty == false, "\(name) \(format)")
            }
        }
    }

    @Test func resultAndMessagesDoNotMix() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("good.conf", policy())
        #expect(try Command.compile("good.conf", "-o", "out", in: folder).status == 0)
        for format in ["text", "json", "sarif"] {
            let run = try Command.compile("--format", format, "good.conf", "-o", "-", in: folder)
            #expect(try run.output == folder.contents("out"), "\(format)")
            #expect(run.errors != "")
        }
    }

    @Test func colourIsForTerminals() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("good.conf", policy())
        let escape = "\u{1b}["
        #expect(!(try Command.compile("good.conf", in: folder).errors.contains(escape)))
        #expect(try Command.compile("--color", "always", "good.conf", in: folder).errors.contains(escape))
        // `script` gives the tool a terminal.
        let terminal = ["TERM": "xterm"]
        let line = "script -qec \"$COMPILE good.conf\" /dev/null"
        let shown = try Command.shell(line, in: folder, environment: terminal)
        #expect(String(decoding: shown.output, as: UTF8.self).contains(escape))
        let plain = try Command.shell("NO_COLOR=1 " + line, in: folder, environment: terminal)
        #expect(plain.status == 0)
        #expect(!String(decoding: plain.output, as: UTF8.self).contains(escape))
    }

    @Test func everyMistakeIsReportedUpToTheLimit() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("many.conf", policy((1...150).map { "allow missing_\($0) self:domain create;" }.joined(separator: "\n")))
        let run = try Command.compile("many.conf", in: folder)
        #expect(run.errors.components(separatedBy: "error[").count - 1 == 100)
        let all = try Command.compile("--error-limit", "0", "many.conf", in: folder)
        #expect(all.errors.components(separatedBy: "error[").count - 1 == 150)
    }

    @Test func versionIsPrintedAsMakefilesTakeItApart() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let run = try Command.shell("$COMPILE -V | awk '{print $1}'", in: folder)
        #expect(String(decoding: run.output, as: UTF8.self) == "35\n")
    }
}
