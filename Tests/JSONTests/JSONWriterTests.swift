import Foundation
import TestSupport
import Testing

import JSON

struct JSONWriterTests {
    private func string(_ value: String) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `Strings are escaped`() {
        #expect(string(#"a"b\c/"#) == #""a\"b\\c/""#)
        #expect(string("\n\r\t\0\u{1B}\u{7F}\u{9B}") == #""\n\r\t\u0000\u001b\u007f\u009b""#)
        #expect(string("é字🦊\u{2028}") == "\"é字🦊\u{2028}\"")
    }

    @Test func `Ill-formed UTF-8 is replaced`() throws {
        var writer = JSONWriter()
        writer.value([0x61, 0xFF, 0xE5, 0xAD, 0x62, 0xED, 0xA0, 0x80, 0x22][...])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"a\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}\\\"\"")
    }

    @Test func `Structure, compact and indented`() throws {
        func document(indented: Bool) -> String {
            var writer = JSONWriter(indented: indented)
            writer.object { json in
                json.member("a", 1)
                json.member("none", nil as String?)
                json.member("empty", array: { _ in })
                json.member("list", array: { json in
                    json.value(true)
                    json.object { $0.member("b", "c") }
                    json.object { _ in }
                    json.array { $0.null() }
                })
            }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(document(indented: false) == #"{"a":1,"none":null,"empty":[],"list":[true,{"b":"c"},{},[null]]}"#)
        #expect(document(indented: true) == """
            {
              "a": 1,
              "none": null,
              "empty": [],
              "list": [
                true,
                {
                  "b": "c"
                },
                {},
                [
                  null
                ]
              ]
            }
            """)
    }

    @Test func `A member is its key and its value`() {
        var writer = JSONWriter()
        writer.object { json in
            json.member("yes", true)
            json.member("no", false)
            json.member("bytes", [0x61, 0xFF, 0x22][...])
            json.member("slice", Array("abcd".utf8)[1..<3])
            json.member("none", nil as ArraySlice<UInt8>?)
            json.member("last", 1)
        }
        let expected = #"{"yes":true,"no":false,"bytes":"a\#u{FFFD}\"","slice":"bc","none":null,"last":1}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func `Any string survives a round trip`() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        for _ in 0..<500 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var writer = JSONWriter()
            writer.array { $0.value(bytes[...]) }
            let parsed = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String]
            #expect(parsed == [String(decoding: bytes, as: UTF8.self)])
        }
    }
}
