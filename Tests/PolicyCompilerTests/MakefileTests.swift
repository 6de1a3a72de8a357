import Foundation
import TestSupport
import Testing

/// `CHECKPOLICY=xsm-compile`: a Makefile cannot tell which of the two it runs.
@Suite("xsm-compile in a Makefile written for checkpolicy")
struct MakefileTests {
    /// Calls the compiler as the Makefiles of Xen's policies have done, release by release, and as SELinux's do.
    private static let makefile = """
        CHECKPOLICY ?= checkpolicy
        # The best version that both sides know, taken from `35 (compatibility range 35-15)` in the usual ways.
        MAX := $(firstword $(shell $(CHECKPOLICY) -V))
        FIELD := $(shell $(CHECKPOLICY) -V | cut -f 1 -d ' ')
        COLUMN := $(shell $(CHECKPOLICY) -V | awk '{print $$1}')
        LEAST := $(shell $(CHECKPOLICY) -V | tr -c 0-9 ' ' | awk '{print $$3}')
        BEST := $(shell best=24; for n in 24 30; do if test $$n -le $(MAX); then best=$$n; fi; done; echo $$best)
        PARAM := -t Xen -c $(BEST)

        IMAGES := usual first joined older words reject allow werror mls mls-joined silent selinux sorted warned
        all: versions $(IMAGES:=.bin) unwritten

        versions:
        	test "$(MAX)" = "$(FIELD)" && test "$(MAX)" = "$(COLUMN)" && test "$(LEAST)" = 15 && echo "$(BEST)" > $@
        usual.bin: plain.conf
        	$(CHECKPOLICY) $(PARAM) $^ -o $@
        first.bin: plain.conf
        	$(CHECKPOLICY) $(PARAM) -o $@ $<
        joined.bin: plain.conf
        	$(CHECKPOLICY) -txen -c$(BEST) -o$@ $<
        # Xen 4.2 and older name no target.
        older.bin: plain.conf
        	$(CHECKPOLICY) -c 24 $^ -o $@
        words.bin: plain.conf
        	$(CHECKPOLICY) --target xen -c $(BEST) --output $@ $<
        reject.bin: plain.conf
        	$(CHECKPOLICY) $(PARAM) -U reject $< -o $@
        allow.bin: plain.conf
        	$(CHECKPOLICY) $(PARAM) --handle-unknown=allow $< -o $@
        werror.bin: plain.conf
        	$(CHECKPOLICY) $(PARAM) -E $< -o $@
        mls.bin: mls.conf
        	$(CHECKPOLICY) $(PARAM) -M $< -o $@
        mls-joined.bin: mls.conf
        	$(CHECKPOLICY) -ME $(PARAM) $< -o $@
        silent.bin: plain.conf
        	$(CHECKPOLICY) $(PARAM) $< -o $@ >/dev/null 2>&1
        selinux.bin: plain.conf
        	$(CHECKPOLICY) -c 31 -U deny -S -O -E $< -o $@
        sorted.bin: plain.conf
        	$(CHECKPOLICY) $(PARAM) -S -O $< -o $@
        warned.bin: warned.conf
        	$(CHECKPOLICY) $(PARAM) $< -o $@
        # Without -o the policy is checked and nothing is written.
        unwritten: plain.conf
        	$(CHECKPOLICY) $(PARAM) $< && ls > $@

        # What must fail, and leave no target.
        refused.bin: warned.conf
        	$(CHECKPOLICY) $(PARAM) -E $< -o $@
        broken.bin: broken.conf
        	$(CHECKPOLICY) $(PARAM) $< -o $@
        unmarked.bin: mls.conf
        	$(CHECKPOLICY) $(PARAM) $< -o $@

        """

    /// A rule that checkpolicy warns about as well.
    private static let warned = """
        class domain
        sid xen
        class domain { create pause }
        type xen_t;
        role system_r;
        role system_r types xen_t;
        dontaudit xen_t self:domain ~create;
        user system_u roles system_r;
        sid xen system_u:system_r:xen_t

        """

    /// The policies that the Makefile compiles.
    private static func write(_ tool: URL, to folder: URL) throws {
        func save(_ name: String, _ text: String) throws {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        try save("Makefile", makefile)
        try save("warned.conf", warned)
        try save("broken.conf", warned.replacing("type xen_t;", with: "type xen_t"))
        let tree = Peers.repository.appendingPathComponent("Policies/reference").path
        for (name, options) in [("plain.conf", []), ("mls.conf", ["--mls"])] {
            let run = try ProcessResult.run(
                tool, [tree, "--xen-release", "4.19", "--emit", name, "-o", "/dev/null"] + options, in: folder)
            try #require(run.status == 0, "\(run.text)")
        }
    }

    /// Runs make in a new folder with one of the compilers; gives the files that it made.
    private static func make(_ checkpolicy: String, _ tool: URL) throws -> [String: Data] {
        let folder = try TemporaryFolder()
        try write(tool, to: folder.url)
        let sources = try Set(FileManager.default.contentsOfDirectory(atPath: folder.url.path))
        let env = URL(fileURLWithPath: "/usr/bin/env")
        let run = try ProcessResult.run(env, ["make", "CHECKPOLICY=\(checkpolicy)"], in: folder.url)
        #expect(run.status == 0, "\(checkpolicy): \(run.text.suffix(2000))")
        for target in ["refused.bin", "broken.bin", "unmarked.bin"] {
            let run = try ProcessResult.run(env, ["make", "CHECKPOLICY=\(checkpolicy)", target], in: folder.url)
            #expect(run.status == 2, "\(checkpolicy), \(target): \(run.text)")
        }
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) where !sources.contains(name) {
            files[name] = try Data(contentsOf: folder.url.appendingPathComponent(name))
        }
        return files
    }

    @Test("makes the files that checkpolicy makes, and fails where it fails")
    func everyCall() throws {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        for peer in DropInPeer.available {
            let expected = try Self.make(peer.program.path, tool)
            // The older layout has to be asked for; the newer is what a Makefile gets.
            let own = try Self.make(tool.path + (peer.layout == "3.5" ? " --layout 3.5" : ""), tool)
            #expect(own.keys.sorted() == expected.keys.sorted())
            #expect(expected.keys.count { $0.hasSuffix(".bin") } == 14)
            for (name, data) in expected {
                #expect(own[name] == data, "\(name), layout \(peer.layout)")
            }
        }
    }

    @Test("has no more to say about a flattened tree than about the tree")
    func flattenedTree() throws {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let folder = try TemporaryFolder()
        try Self.write(tool, to: folder.url)
        for (name, options) in [("plain.conf", []), ("mls.conf", ["-M"])] {
            let run = try ProcessResult.run(tool, ["-t", "Xen", "-c", "30", name, "-o", "out"] + options, in: folder.url)
            #expect(run.status == 0)
            #expect(run.text == "", "\(name)")
        }
    }
}
