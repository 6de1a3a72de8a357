import AuditAnalysis
import Flask
import Foundation
import TestSupport
import Testing

@Suite("The table of hypercalls says of each permission what asks for it")
struct HypercallTests {
    private static func file() throws -> String {
        try String(contentsOf: BuiltPackage.repository.appendingPathComponent("Policies/hypercalls/xen.hypercalls"), encoding: .utf8)
    }

    @Test("What is compiled in is the file, and can be read")
    func isTheFile() throws {
        #expect(try Self.file() == PermissionHypercalls.text)
        #expect(try PermissionHypercalls(Array(PermissionHypercalls.text.utf8)).operations == PermissionHypercalls.standard.operations)
        #expect(PermissionHypercalls.standard.operations.count > 190)
    }

    @Test("Every permission of every release has an operation or a reason, and nothing else has a line")
    func releases() throws {
        let table = PermissionHypercalls.standard
        var known: Set<String> = []
        for release in XenRelease.all {
            for entry in try #require(Vocabulary(of: release)).classes {
                for permission in entry.permissions {
                    let (operations, reason) = (table.operations(ofClass: entry.name, permission), table.absence(ofClass: entry.name, permission))
                    #expect(operations.isEmpty == (reason != nil), "\(release): \(entry.name) \(permission)")
                    known.insert("\(entry.name) \(permission)")
                }
            }
        }
        for operation in table.operations { #expect(known.contains("\(operation.objectClass) \(operation.permission)"), "\(operation.text)") }
        for absence in table.absences { #expect(known.contains(absence), "\(absence)") }
    }

    @Test("What the newest release has is asked for, but for the one permission that Xen mistakes for another")
    func newest() throws {
        let table = PermissionHypercalls.standard
        for entry in try #require(Vocabulary(of: .newest)).classes {
            for permission in entry.permissions where permission != "set_vnumainfo" {
                #expect(!table.operations(ofClass: entry.name, permission).isEmpty, "\(entry.name) \(permission)")
            }
        }
        // The bit is the same in both classes.
        let vocabulary = try #require(Vocabulary(of: .newest))
        let bits = [("domain", "getvcpuinfo"), ("domain2", "set_vnumainfo")].map { vocabulary.objectClass(named: $0)?.objectClass.permissions.firstIndex(of: $1) }
        #expect(bits[0] == bits[1] && bits[0] != nil)
    }

    @Test("Initial SIDs that are named exist, and every operation has a hook")
    func parties() throws {
        let names = try #require(Vocabulary(of: .newest)).initialSIDs
        for operation in PermissionHypercalls.standard.operations {
            #expect(!operation.hooks.isEmpty && !operation.hypercall.isEmpty)
            for party in [operation.source, operation.target] {
                if case .initialSID(let name) = party { #expect(names.contains(name), "\(operation.text): \(name)") }
            }
        }
        let pause = try #require(PermissionHypercalls.standard.operations(ofClass: "domain", "pause").first)
        #expect(pause.text == "domctl: XEN_DOMCTL_pausedomain" && pause.source == .caller && pause.target == .domain)
        #expect(pause.hooks == PermissionHypercalls.standard.operations(ofClass: "domain", "unpause").first?.hooks && pause.hooks.first?.withoutFlask == .control)
        #expect(PermissionHypercalls.standard.operations(ofClass: "xen", "clearconsole").first?.note.contains("readconsole") == true)
    }

    @Test("A line that is none is refused with its number")
    func mistakes() throws {
        func mistake(_ text: String) -> String {
            do throws(PermissionHypercallsMistake) {
                _ = try PermissionHypercalls(Array(text.utf8))
                return ""
            } catch {
                return "\(error.line): \(error.reason)"
            }
        }
        #expect(mistake("  a note\n").hasPrefix("1: there is no line"))
        #expect(mistake("# x\na b c\n").hasPrefix("2: a line is"))
        #expect(mistake("a b c | d XSM_PRIV | caller\n").contains("SOURCE > TARGET"))
        #expect(mistake("a b c | d XSM_PRIV | caller > nobody\n").contains("SOURCE > TARGET"))
        #expect(mistake("a b c | d | caller > domain\n").contains("is no hook"))
        #expect(mistake("a b c | | caller > domain\n").contains("no hook"))
        #expect(mistake("none a b\n").contains("REASON"))
        #expect(mistake("none a b | c\nnone a b | d\n").hasPrefix("2: `a b` has a line already"))
        #expect(mistake("a b c | d XSM_PRIV | caller > domain\nnone a b | c\n").hasPrefix("2: `a b`"))
        #expect(mistake("none a b | c\na b c | d XSM_PRIV | caller > domain\n").contains("no operation"))
        #expect(mistake(String(repeating: "#", count: PermissionHypercalls.maximumLength + 1)).hasPrefix("0: "))
        let table = try PermissionHypercalls(Array("a b c: D, E of F | g XSM_HOOK, h - | \"x y\" > sid z\r\n  one\n\ttwo\n".utf8))
        let found = try #require(table.operations(ofClass: "a", "b").first)
        #expect(found.operations == ["D", "E of F"] && found.source == .other("x y") && found.target == .initialSID("z") && found.note == "one two")
        #expect(found.hooks.map(\.withoutFlask) == [.everybody, .absent])
    }

    @Test("Random bytes are refused or read")
    func randomBytes() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let words = ["a", "b:", "none", "|", "|", ">", "caller", "domain", "XSM_PRIV", "-", ",", "\n", "\n  ", "#", "\u{e9}", "\"x\"", "sid", "\""]
        for _ in 0..<1_000 {
            var text = Array((0..<random.below(30)).map { _ in random.pick(words) }.joined(separator: " ").utf8)
            if random.percent(30), !text.isEmpty { text[random.below(text.count)] = UInt8(random.below(256)) }
            _ = try? PermissionHypercalls(text)
        }
    }
}
