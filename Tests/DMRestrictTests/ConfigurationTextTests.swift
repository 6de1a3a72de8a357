@testable import DMRestrict
import Testing
import TestSupport

@Suite("The language of xl's configurations")
struct ConfigurationTextTests {
    private static func settings(_ text: String) throws -> [String: ConfigurationValue.Content] {
        try ConfigurationText(parsing: Array(text.utf8)).effective.mapValues { plain($0.value.content) }
    }

    /// Without places.
    private static func plain(_ content: ConfigurationValue.Content) -> ConfigurationValue.Content {
        guard case .list(let elements) = content else { return content }
        return .list(elements.map { ConfigurationValue(content: plain($0.content), position: ConfigurationPosition(line: 0, column: 0)) })
    }

    private static func list(_ elements: ConfigurationValue.Content...) -> ConfigurationValue.Content {
        .list(elements.map { ConfigurationValue(content: $0, position: ConfigurationPosition(line: 0, column: 0)) })
    }

    @Test("Every form of an assignment has its value")
    func values() throws {
        let cases: [(String, [String: ConfigurationValue.Content])] = [
            ("", [:]), ("\n ; \t;;\n# a = 1\n", [:]),
            ("a=1", ["a": .string("1")]), ("a = 0x1f # b\n", ["a": .string("0x1f")]), ("a=1;b=2\n", ["a": .string("1"), "b": .string("2")]),
            ("a.b_2 = ''", ["a.b_2": .string("")]), (#"a = "it's""#, ["a": .string("it's")]), (#"a = 'say "x"'"#, ["a": .string(#"say "x""#)]),
            (#"a = "\a\b\f\n\r\t\v\"\'\\""#, ["a": .string("\u{7}\u{8}\u{C}\n\r\t\u{B}\"'\\")]),
            ("a = 'é#;=['", ["a": .string("é#;=[")]), ("a = 'x\ty'", ["a": .string("x\ty")]),
            ("a=[]", ["a": Self.list()]), ("a=[\n\n]", ["a": Self.list()]), ("a=[1]", ["a": Self.list(.string("1"))]),
            ("a=[ 'x',\n # c\n 2 ,\n]\n", ["a": Self.list(.string("x"), .string("2"))]),
            ("a=[[1,[]],2]", ["a": Self.list(Self.list(.string("1"), Self.list()), .string("2"))]),
            ("a=1\na=2", ["a": .string("2")]), ("a=[1]\na='x'", ["a": .string("x")]),
            ("a='x'\na+='y'\na += 3", ["a": .string("xy3")]), ("a+='y'", ["a": .string("y")]), ("a='x';a+='y';a='z'", ["a": .string("z")]),
            ("a=[1]\na+=[2,[3]]", ["a": Self.list(.string("1"), .string("2"), Self.list(.string("3")))]), ("a+=[]", ["a": Self.list()]),
        ]
        for (text, wanted) in cases { #expect(try Self.settings(text) == wanted, "\(text)") }
    }

    @Test("Each mistake has its place and says what to do")
    func mistakes() {
        let cases: [(String, Int, Int, String)] = [
            ("a", 1, 2, "`the end` stands where `=` or `+=` is wanted"), ("a 1", 1, 3, "`1` stands where `=` or `+=` is wanted"),
            ("a=", 1, 3, "`the end` stands where a number, a string in quotes or a list is wanted"),
            ("a=\n1", 1, 3, "`the end of the line` stands where a number, a string in quotes or a list is wanted"),
            ("a=b", 1, 3, "`b` stands where a number, a string in quotes or a list is wanted"),
            ("a=1 b=2", 1, 5, "`b` stands where the end of the assignment is wanted"), ("=1", 1, 1, "`=` stands where a name is wanted"),
            ("1=1", 1, 1, "`1` stands where a name is wanted"), ("a=12zz", 1, 5, "`zz` stands where the end of the assignment is wanted"),
            ("\n A=1", 2, 2, "`A` begins nothing here: names are in lower case, and other text in quotes"),
            ("a=-1", 1, 3, "`-` begins nothing here: names are in lower case, and other text in quotes"),
            ("a=1\r\n", 1, 4, "byte 0xd begins nothing here: names are in lower case, and other text in quotes"),
            ("a=1\0", 1, 4, "byte 0x0 begins nothing here: names are in lower case, and other text in quotes"),
            ("a+1", 1, 2, "`+` begins nothing here: names are in lower case, and other text in quotes"),
            ("a='x", 1, 3, "the string does not end in its line: put its quote behind it"),
            ("a='x\n'", 1, 3, "the string does not end in its line: put its quote behind it"),
            ("a='x\\", 1, 3, "the string does not end in its line: put its quote behind it"),
            ("a='x\\\n'", 1, 3, "the string does not end in its line: put its quote behind it"),
            ("a=1 # x", 1, 5, "the last line is a comment without an end: end the line"),
            (#"a='\q'"#, 1, 4, "there is no escape of `q`: write `\\\\` for a backslash"),
            (#"a='xx\x41'"#, 1, 6, "xl reads an escape by number, and puts nothing in its place: write the character itself"),
            (#"a='\101'"#, 1, 4, "xl reads an escape by number, and puts nothing in its place: write the character itself"),
            (#"a='\8'"#, 1, 4, "there is no escape of `8`: write `\\\\` for a backslash"),
            ("a=[", 1, 4, "`the end` stands where a number, a string in quotes or a list is wanted"),
            ("a=[1 2]", 1, 6, "`2` stands where `,` or `]` is wanted"), ("a=[,]", 1, 4, "`,` stands where a number, a string in quotes or a list is wanted"),
            ("a=[1,,2]", 1, 6, "`,` stands where a number, a string in quotes or a list is wanted"),
            ("a=[1;2]", 1, 5, "`;` stands where `,` or `]` is wanted"), ("a=]", 1, 3, "`]` stands where a number, a string in quotes or a list is wanted"),
            ("a='x'\na+=[1]", 2, 1, "`a` was a string and is added a list, or the other way round: use one of them"),
            ("a=[]\na+=1", 2, 1, "`a` was a string and is added a list, or the other way round: use one of them"),
            ("a=" + String(repeating: "[", count: 17), 1, 19, "more than 16 lists lie within each other"),
            ("a=[" + String(repeating: "1,", count: 1 << 14) + "]", 1, 32_770, "the list of values is longer than 16384: take less"),
            (String(repeating: "\n", count: 1 << 20 + 1), 1, 1, "the configuration is longer than 1048576: take less"),
        ]
        for (text, line, column, message) in cases {
            do throws(ConfigurationMistake) {
                _ = try ConfigurationText(parsing: Array(text.utf8))
                Issue.record("it was taken: \(text.prefix(60))")
            } catch {
                #expect(error.position == ConfigurationPosition(line: line, column: column), "\(text.prefix(60))")
                #expect(error.text == message)
            }
        }
        #expect(throws: ConfigurationMistake(ConfigurationPosition(line: 2, column: 4), .notUTF8)) {
            _ = try ConfigurationText(parsing: Array("a=1\nb='".utf8) + [0xE9] + Array("'".utf8))
        }
    }

    @Test("Thousands of additions to one name take no more room than the text")
    func additions() throws {
        let text = String(repeating: "a+='" + String(repeating: "x", count: 55) + "'\n", count: 16_000)
        #expect(try ConfigurationText(parsing: Array(text.utf8)).effective["a"]?.value.text.utf8.count == 16_000 * 55)
    }

    @Test("Any bytes are a configuration or a mistake within them")
    func anyBytes() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let pieces = [
            "name", "type", "disk", "vif", "memory", "vnc", "serial", " = ", "=", " += ", "1", "0x", "64", "'a'", "\"hvm\"", "'", "\"", "\\", "[", "]",
            ",", ";", "\n", "# x\n", " ", "'phy:/dev/x,hda,w'", "'mac=00:16:3e:00:00:01'", "\u{E9}", "\0", "format=", "vdev=", ":cdrom", "target=",
        ]
        let whole = "name = 'a'\ntype = 'hvm'\nmemory = 64\ndisk = [ 'format=raw,vdev=hda,target=/x', ',hdc:cdrom,r' ]\nvif = [ 'bridge=b,model=e1000' ]\nserial = 'pty'\n"
        var (taken, understood) = (0, 0)
        for _ in 0..<6_000 {
            var bytes: [UInt8]
            switch random.below(3) {
            case 0: bytes = (0..<random.below(48)).map { _ in UInt8(random.below(256)) }
            case 1: bytes = (0..<random.below(24)).flatMap { _ in Array(random.pick(pieces).utf8) }
            default:
                bytes = Array(whole.utf8)
                for _ in 0..<random.below(4) {
                    let index = random.below(bytes.count)
                    switch random.below(3) {
                    case 0: bytes[index] = UInt8(random.below(256))
                    case 1: bytes.remove(at: index)
                    default: bytes.insert(contentsOf: Array(random.pick(pieces).utf8), at: index)
                    }
                }
            }
            do throws(ConfigurationMistake) {
                let text = try ConfigurationText(parsing: bytes)
                taken += 1
                _ = try DomainConfiguration(text)
                understood += 1
            } catch {
                #expect(error.position.line <= bytes.count { $0 == 10 } + 1 && error.position.column <= bytes.count + 1, "\(bytes)")
                #expect(error.text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 })
            }
        }
        #expect(taken > 800 && understood > 300)
    }
}
