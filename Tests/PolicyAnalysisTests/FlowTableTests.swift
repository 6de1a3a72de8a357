import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("The tables of permissions say something about each, and are what a user reads")
struct FlowTableTests {
    private static func file(_ standard: FlowPermissions.Standard) throws -> String {
        let file = BuiltPackage.repository.appendingPathComponent("Policies/flow/\(standard.rawValue).permissions")
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test("What is compiled in is the file, and can be read", arguments: FlowPermissions.Standard.allCases)
    func isTheFile(standard: FlowPermissions.Standard) throws {
        #expect(try Self.file(standard) == standard.text)
        #expect(try FlowPermissions(standard).count > 200)
    }

    @Test("Every permission of every release of Xen has a line, and no line has none")
    func releases() throws {
        let table = try FlowPermissions(.xen)
        var known: Set<String> = []
        for release in XenRelease.all {
            for entry in try #require(Vocabulary(of: release)).classes {
                for permission in entry.permissions {
                    #expect(table.weights(ofClass: Name(entry.name), Name(permission)) != nil, "\(release): \(entry.name) \(permission)")
                    known.insert("\(entry.name) \(permission)")
                }
            }
        }
        #expect(table.count == known.count)
        for line in try Self.file(.xen).split(separator: "\n") where !line.hasPrefix("#") {
            #expect(known.contains(line.split(separator: " ").prefix(2).joined(separator: " ")), "\(line)")
            #expect(line.contains("#"), "there is no reason: \(line)")
        }
    }

    @Test("SELinux's reference policy has no permission without a line")
    func referencePolicy() throws {
        guard SELinuxReferencePolicy.isThere else { return Peer.missing("SELinux's reference policy (Debian's selinux-policy-src): nothing was compared with it") }
        let folder = try SELinuxReferencePolicy.shared("standard")
        let source = try String(contentsOf: folder.appendingPathComponent("policy/flask/access_vectors"), encoding: .utf8)
        let table = try FlowPermissions(.selinux)
        var words = source.split(separator: "\n").map { $0.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0] }
            .joined(separator: " ").replacingOccurrences(of: "{", with: " { ").replacingOccurrences(of: "}", with: " } ").split { $0.isWhitespace }[...]
        var commons: [Substring: [Substring]] = [:]
        var count = 0
        while let kind = words.popFirst(), let name = words.popFirst() {
            var permissions: [Substring] = []
            if words.first == "inherits" {
                words.removeFirst()
                permissions += commons[words.removeFirst()] ?? []
            }
            if words.first == "{" {
                words.removeFirst()
                while let word = words.popFirst(), word != "}" { permissions.append(word) }
            }
            guard kind == "class" else {
                commons[name] = permissions
                continue
            }
            for permission in permissions {
                count += 1
                #expect(table.weights(ofClass: Name(String(name)), Name(String(permission))) != nil, "\(name) \(permission)")
            }
        }
        #expect(count > 1_000)
    }

    @Test("A line that is none is refused with its number")
    func mistakes() throws {
        func mistake(_ text: String) -> String {
            do throws(FlowPermissionsMistake) {
                _ = try FlowPermissions(Array(text.utf8))
                return ""
            } catch {
                return "\(error.line): \(error.reason)"
            }
        }
        #expect(mistake("a b\n").hasPrefix("1: a line is"))
        #expect(mistake("# x\n\na b read 11").hasPrefix("3: `11` is no weight"))
        #expect(mistake("a b read 0").hasPrefix("1: `0` is no weight"))
        #expect(mistake("a b read -1").hasPrefix("1: `-1` is no weight"))
        #expect(mistake("a b reads").contains("is no direction"))
        #expect(mistake("a b none 3").contains("`none` is no direction"))
        #expect(mistake("a b read 1 both 2").contains("twice what is read"))
        #expect(mistake("a b read 1\na b none").hasPrefix("2: `a b` has a line already"))
        #expect(mistake("a b none\n* * both").hasPrefix("2: `* *` is no line"))
        #expect(mistake(String(repeating: "#", count: FlowPermissions.maximumLength + 1)).hasPrefix("0: "))
        let table = try FlowPermissions(Array("a b write 3 read # why\r\na * none\n* b both 2\n* c read 1\n".utf8))
        #expect(table.weights(ofClass: "a", "b") == FlowWeights(read: 10, write: 3))
        #expect(table.weights(ofClass: "a", "c") == FlowWeights())
        #expect(table.weights(ofClass: "d", "b") == FlowWeights(read: 2, write: 2))
        #expect(table.weights(ofClass: "d", "d") == nil)
    }

    @Test("Random bytes are refused or read")
    func randomBytes() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let words = ["a", "read", "write", "both", "none", "10", "0", "\n", "\n", "#", "\u{e9}", "99999999999999999999", "*", "\t"]
        for _ in 0..<500 {
            var text = Array((0..<random.below(30)).map { _ in random.pick(words) }.joined(separator: " ").utf8)
            if random.percent(30), !text.isEmpty { text[random.below(text.count)] = UInt8(random.below(256)) }
            _ = try? FlowPermissions(text)
        }
    }
}
