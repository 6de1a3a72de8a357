@testable import DMRestrict
import Foundation
import JSON
import Testing
import TestSupport

@Suite("QEMU's machine protocol, apart from sockets")
struct MachineProtocolTests {
    private static let greeting = FakeMachine.greeting + "\r\n"

    private static func ready(_ limits: MachineProtocolLimits = MachineProtocolLimits()) throws -> MachineProtocol {
        var machine = MachineProtocol(limits: limits)
        _ = try machine.receive(Array(greeting.utf8)[...])
        _ = try machine.request("qmp_capabilities")
        _ = try machine.receive(Array("{\"return\": {}, \"id\": 1}\n".utf8)[...])
        return machine
    }

    @Test("A conversation, byte by byte")
    func conversation() throws {
        var machine = MachineProtocol()
        #expect(throws: MachineFailure.notReady) { _ = try machine.request("query-status") }
        var messages: [MachineMessage] = []
        for byte in Self.greeting.utf8 { messages += try machine.receive([byte][...]) }
        #expect(messages == [.greeting(MachineGreeting(major: 7, minor: 2, micro: 22, capabilities: ["oob"]))])
        #expect(machine.phase == .negotiating)
        #expect(throws: MachineFailure.notReady) { _ = try machine.request("query-status") }
        let first = try machine.request("qmp_capabilities")
        #expect(String(decoding: first.bytes, as: UTF8.self) == "{\"execute\":\"qmp_capabilities\",\"id\":1}\n")
        #expect(throws: MachineFailure.notReady) { _ = try machine.request("qmp_capabilities") }
        #expect(try machine.receive(Array("\n\r\n{\"return\":{},\"id\":1}\n".utf8)[...]) == [.answer(.init(id: 1, result: .success([:])))])
        #expect(machine.phase == .ready)
        let second = try machine.request("eject", JSONObject([.init("id", "cd\n")]))
        #expect(String(decoding: second.bytes, as: UTF8.self) == "{\"execute\":\"eject\",\"arguments\":{\"id\":\"cd\\n\"},\"id\":2}\n")
        let third = try machine.request("stop")
        #expect(third.id == 3)
        let both = """
            {"timestamp":{"seconds":7,"microseconds":1},"event":"STOP"}
            {"id":2,"error":{"class":"GenericError","desc":"no\\u001b[31m"}}
            {"timestamp":{"seconds":-1,"microseconds":-1},"event":"POWERDOWN","data":{"a":1}}
            {"return":{},"id":3}

            """
        #expect(try machine.receive(Array(both.utf8)[...]) == [
            .event(MachineEvent(name: "STOP", data: JSONObject(), seconds: 7)),
            .answer(.init(id: 2, result: .failure(MachineRefusal(kind: "GenericError", description: "no\u{FFFD}[31m")))),
            .event(MachineEvent(name: "POWERDOWN", data: JSONObject([.init("a", 1)]), seconds: nil)),
            .answer(.init(id: 3, result: .success([:]))),
        ])
    }

    @Test("Whatever is no part of the protocol ends it, and all that is asked later fails likewise")
    func failures() throws {
        let limits = MachineProtocolLimits(messageBytes: 400, depth: 4, values: 20)
        let greeted: [(String, MachineFailure)] = [
            ("garbage", .malformed(JSONMistake(offset: 0, what: .unexpected(0x67, wanted: "a value")))),
            ("[]", .unexpected("a message that is no object")),
            ("{}", .unexpected("a message that is neither greeting nor answer nor event")),
            (#"{"return":{},"event":"X","id":2}"#, .unexpected("a message that is neither greeting nor answer nor event")),
            (FakeMachine.greeting, .unexpected("a greeting")),
            (#"{"return":{},"id":2}"#, .wrongAnswer(to: "stop")), (#"{"return":{},"id":"3"}"#, .wrongAnswer(to: "stop")),
            (#"{"return":{}}"#, .wrongAnswer(to: "stop")), (#"{"return":{},"id":3.0}"#, .wrongAnswer(to: "stop")),
            (#"{"error":{"class":"GenericError","desc":"JSON parse error"}}"#, .wrongAnswer(to: "stop")),
            (#"{"error":{},"id":2}"#, .unexpected("an error without class and description")),
            (#"{"event":7}"#, .unexpected("an event without a name")), (#"{"event":"a\nb"}"#, .unexpected("an event without a name")),
            (#"{"event":"A","data":[]}"#, .unexpected("an event whose data is no object")),
            (#"{"return":[[[[]]]],"id":2}"#, .malformed(JSONMistake(offset: 13, what: .tooDeep(limit: 4)))),
            ("{\"return\":[" + String(repeating: "0,", count: 30) + "0]}", .malformed(JSONMistake(offset: 47, what: .tooManyValues(limit: 20)))),
            (#"{"return":1,"return":2,"id":2}"#, .malformed(JSONMistake(offset: 12, what: .repeatedName("return")))),
            ("{\"return\":\"\u{0}\"}", .malformed(JSONMistake(offset: 11, what: .controlCharacter(0)))),
            (String(repeating: "x", count: 401), .tooLong(limit: 400)),
        ]
        for (line, failure) in greeted {
            var machine = try Self.ready(limits)
            // Answered at once, so that id 3 is the one in question.
            _ = try machine.request("query-status")
            _ = try machine.receive(Array("{\"return\":{},\"id\":2}\n".utf8)[...])
            _ = try machine.request("stop")
            #expect(throws: failure, "\(line)") { _ = try machine.receive(Array("\(line)\n".utf8)[...]) }
            #expect(machine.phase == .failed(failure))
            #expect(throws: failure) { _ = try machine.receive(Array("{\"return\":{},\"id\":3}\n".utf8)[...]) }
            #expect(throws: failure) { _ = try machine.request("stop") }
            #expect(!failure.text.isEmpty)
        }
        let before: [(String, MachineFailure)] = [
            (#"{"return":{},"id":1}"#, .unexpected("an answer that nobody asked for")),
            (#"{"event":"STOP"}"#, .unexpected("an event before the greeting")),
            (#"{"QMP":{}}"#, .unexpected("a greeting without version and capabilities")),
            (#"{"QMP":{"version":{"qemu":{"major":7,"minor":-1,"micro":0}},"capabilities":[]}}"#, .unexpected("a greeting without version and capabilities")),
            (#"{"QMP":{"version":{"qemu":{"major":7,"minor":1,"micro":"0"}},"capabilities":[]}}"#, .unexpected("a greeting without version and capabilities")),
        ]
        for (line, failure) in before {
            var machine = MachineProtocol()
            #expect(throws: failure, "\(line)") { _ = try machine.receive(Array("\(line)\n".utf8)[...]) }
        }
        var machine = try Self.ready()
        #expect(throws: MachineFailure.unexpected("an answer that nobody asked for")) { _ = try machine.receive(Array("{\"return\":{},\"id\":1}\n".utf8)[...]) }
        var refusing = MachineProtocol()
        _ = try refusing.receive(Array(Self.greeting.utf8)[...])
        _ = try refusing.request("qmp_capabilities")
        #expect(throws: MachineFailure.self) { _ = try refusing.receive(Array("{\"error\":{\"class\":\"A\",\"desc\":\"b\"},\"id\":1}\n".utf8)[...]) }
    }

    @Test("No more commands than the limit wait for their answers, and one that is refused for it costs nothing")
    func outstanding() throws {
        var machine = try Self.ready(MachineProtocolLimits(outstanding: 2))
        _ = try machine.request("a")
        _ = try machine.request("b")
        #expect(throws: MachineFailure.tooManyOutstanding(limit: 2)) { _ = try machine.request("c") }
        _ = try machine.receive(Array("{\"return\":{},\"id\":2}\n".utf8)[...])
        #expect(try machine.request("c").id == 4)
    }

    @Test("Any bytes are messages or an end")
    func anyBytes() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let lines = [
            FakeMachine.greeting, #"{"return":{},"id":1}"#, #"{"return":[1,{"a":null}],"id":2}"#, #"{"event":"STOP","data":{},"timestamp":{"seconds":1}}"#,
            #"{"id":2,"error":{"class":"GenericError","desc":"no"}}"#, "", "{",
        ]
        var good = 0
        for _ in 0..<4_000 {
            var machine = random.percent(50) ? MachineProtocol() : try Self.ready(MachineProtocolLimits(messageBytes: 256, depth: 4, values: 16))
            for _ in 0..<8 {
                if random.percent(60) { _ = try? machine.request(random.percent(30) ? "qmp_capabilities" : "stop") }
                var bytes = Array((random.pick(lines) + "\n").utf8)
                while random.percent(20) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
                while random.percent(20) { bytes.insert(UInt8(random.below(256)), at: random.below(bytes.count)) }
                do throws(MachineFailure) {
                    good += try machine.receive(bytes[...]).count
                } catch {
                    #expect(machine.phase == .failed(error))
                    #expect(error.text.unicodeScalars.allSatisfy { $0.value >= 32 })
                }
            }
        }
        #expect(good > 500)
    }
}
