@testable import DMRestrict
import Foundation
import Glibc
import JSON
import Testing
import TestSupport

@Suite("A device model that does not answer as one does is a failure, in time")
struct MachineConnectionTests {
    /// For who says nothing; and for who speaks, on however slow a machine.
    private static let short = Duration.milliseconds(150), long = Duration.seconds(60)

    /// Asks for the status after the greeting; how it fails, and how long that takes.
    private static func failure(_ steps: [FakeMachine.Step], closes: Bool = false, greets: Bool = true, within time: Duration = short) -> (MachineFailure?, Duration) {
        let machine = FakeMachine(steps, closes: closes)
        let start = ContinuousClock.now
        do throws(MachineFailure) {
            var connection = MachineConnection(owning: machine.descriptor, limits: MachineProtocolLimits(messageBytes: 1 << 16))
            _ = try connection.greet(within: greets ? long : time)
            _ = try connection.status(within: time)
        } catch {
            return (error, ContinuousClock.now - start)
        }
        return (nil, .zero)
    }

    @Test("Each way to misbehave has its failure")
    func failures() {
        let greeted = FakeMachine.greeted
        let cases: [([FakeMachine.Step], Bool, Bool, MachineFailure)] = [
            // Before the greeting is exchanged.
            ([], false, false, .silent("its greeting")), ([], true, false, .closed),
            ([.say(Array("{\"QMP\"".utf8))], false, false, .silent("its greeting")), ([.say(Array("{\"QMP\"".utf8))], true, false, .closed),
            ([.say(FakeMachine.greeting)], false, false, .silent("the answer to `qmp_capabilities`")),
            ([.say(FakeMachine.greeting), .hear], true, false, .closed),
            ([.flood("\n")], false, false, .silent("its greeting")), ([.flood(String(repeating: "x", count: 1 << 16))], false, false, .tooLong(limit: 1 << 16)),
            // After it.
            (greeted + [.hear], false, true, .silent("the answer to `query-status`")), (greeted + [.hear], true, true, .closed),
            (greeted + [.hear, .flood("{\"event\":\"STOP\"}\n")], false, true, .silent("the answer to `query-status`")),
            (greeted + [.hear, .flood(String(repeating: "{\"event\":\"STOP\"}", count: 4_000))], false, true, .tooLong(limit: 1 << 16)),
            (greeted + [.hear, .say(Array("{\"return\":{".utf8))], false, true, .silent("the answer to `query-status`")),
            (greeted + [.hear, .say(#"{"return":{},"id":3}"#)], false, true, .wrongAnswer(to: "query-status")),
            (greeted + [.hear, .say(#"{"return":{},"id":2}"#)], false, true, .senseless(to: "query-status")),
            (greeted + [.hear, .say(#"{"return":{"running":1,"status":"paused"},"id":2}"#)], false, true, .senseless(to: "query-status")),
            (greeted + [.hear, .say(#"{"error":{"class":"CommandNotFound","desc":"x"},"id":2}"#)], false, true,
             .refused("query-status", MachineRefusal(kind: "CommandNotFound", description: "x"))),
            (greeted + [.hear, .say("}")], false, true, .malformed(JSONMistake(offset: 0, what: .unexpected(0x7D, wanted: "a value")))),
            // An answer and more than the answer.
            (greeted + [.hear, .say("{\"return\":{\"running\":true,\"status\":\"running\"},\"id\":2}\r\n{\"return\":{},\"id\":2}")], false, true,
             .unexpected("an answer that nobody asked for")),
        ]
        for (steps, closes, greets, failure) in cases {
            var isSilent = false
            if case .silent = failure { isSilent = true }
            let (found, time) = Self.failure(steps, closes: closes, greets: greets, within: isSilent ? Self.short : Self.long)
            #expect(found == failure)
            #expect(time < Self.long, "\(failure) took \(time)")
        }
    }

    @Test("What ended a conversation is all that is heard of it later")
    func ended() throws {
        let machine = FakeMachine(FakeMachine.greeted + [.hear, .pause(milliseconds: 1_500), .say(#"{"return":{"running":true,"status":"running"},"id":2}"#)])
        var connection = MachineConnection(owning: machine.descriptor)
        _ = try connection.greet(within: .seconds(10))
        var failures: [MachineFailure] = []
        for wait in [100, 10_000] {
            do throws(MachineFailure) { _ = try connection.status(within: .milliseconds(wait)) } catch { failures.append(error) }
        }
        usleep(1_800_000)
        do throws(MachineFailure) { _ = try connection.takeEvents() } catch { failures.append(error) }
        #expect(failures == Array(repeating: .silent("the answer to `query-status`"), count: 3))
    }

    @Test("A peer that takes nothing stalls nobody for longer than the deadline")
    func stalled() throws {
        let machine = FakeMachine(FakeMachine.greeted + [.pause(milliseconds: 30_000)])
        var connection = MachineConnection(owning: machine.descriptor)
        _ = try connection.greet(within: .seconds(10))
        let long = JSONObject([.init("x", .string(String(repeating: "x", count: 1 << 19)))])
        let start = ContinuousClock.now
        var failure: MachineFailure?
        do throws(MachineFailure) { _ = try connection.perform("x", long, within: Self.short) } catch { failure = error }
        #expect(failure == .stalled("x"))
        // Long before the peer goes away, however slow the machine is.
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("A refused command ends nothing, and events are kept apart, up to their limit")
    func events() throws {
        let machine = FakeMachine(FakeMachine.greeted + [
            .hear, .say(#"{"event":"A"}"#), .say(#"{"error":{"class":"GenericError","desc":"no"},"id":2}"#),
            .hear, .say(#"{"event":"B"}"#), .say(#"{"event":"C"}"#), .say(#"{"return":{"running":false,"status":"new-state"},"id":3}"#),
            .hear, .say("{\"return\":{\"running\":true,\"status\":\"running\"},\"id\":4}\r\n{\"event\":\"D\"}"),
        ])
        var connection = MachineConnection(owning: machine.descriptor, limits: MachineProtocolLimits(events: 2))
        #expect(try connection.greet(within: .seconds(10)).major == 7)
        var refusal: MachineFailure?
        do throws(MachineFailure) { try connection.stop(within: .seconds(10)) } catch { refusal = error }
        guard case .refused("stop", let words)? = refusal else { throw refusal ?? .notReady }
        #expect(words.description == "no")
        #expect(try connection.status(within: .seconds(10)) == MachineStatus(isRunning: false, state: nil))
        let names = try connection.takeEvents().map(\.name)
        #expect(names == ["B", "C"])
        #expect(connection.forgottenEvents == 1)
        #expect(try connection.status(within: .seconds(10)) == MachineStatus(isRunning: true, state: .running))
        var last: [String] = []
        while last.isEmpty { last = try connection.takeEvents().map(\.name) }
        #expect(last == ["D"])
    }

    @Test("Descriptors that a peer passes are not taken")
    func unwanted() throws {
        // A file that nobody else in this process has open: other tests run at the same time.
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("passed").path
        try Data().write(to: URL(fileURLWithPath: path))
        let passed = opened(path, O_RDWR | O_CLOEXEC)
        defer { close(passed) }
        let machine = FakeMachine(
            [.pass(descriptor: passed)] + FakeMachine.greeted
                + [.hear, .pass(descriptor: passed), .say(#"{"return":{"running":true,"status":"running"},"id":2}"#)])
        func holders() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
            }.count
        }
        var connection = MachineConnection(owning: machine.descriptor)
        _ = try connection.greet(within: .seconds(10))
        #expect(try connection.status(within: .seconds(10)).isRunning)
        #expect(try holders() == 1)
    }

    @Test("What a medium is changed by, step by step; where that is refused the new one is let go, otherwise the old one")
    func mediumSteps() throws {
        let file = opened("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        func run(_ answers: [String]) -> ([String], MachineFailure?) {
            var steps = FakeMachine.greeted
            for (index, answer) in answers.enumerated() { steps += [.hear, .say("{\(answer),\"id\":\(index + 2)}")] }
            let machine = FakeMachine(steps)
            var failure: MachineFailure?
            do throws(MachineFailure) {
                var connection = MachineConnection(owning: machine.descriptor)
                _ = try connection.greet(within: .seconds(10))
                try connection.changeMedium(of: "cd0", to: file, within: Self.long)
            } catch {
                failure = error
            }
            return (machine.wait().dropFirst().map { $0 }, failure)
        }
        let block = #""return":[{"qdev":"x","device":"cd0"},{"qdev":"cd0","inserted":{"file":"/dev/fdset/3"}}]"#
        let change = #"{"execute":"blockdev-change-medium","arguments":{"id":"cd0","filename":"/dev/fdset/4","format":"raw","read-only-mode":"read-only"},"id":4}"#
        let start = [#"{"execute":"query-block","id":2}"#, #"{"execute":"add-fd","id":3}"#, change]
        let (good, none) = run([block, #""return":{"fd":1,"fdset-id":4}"#, #""return":{}"#, #""return":{}"#])
        #expect(good == start + [#"{"execute":"remove-fd","arguments":{"fdset-id":3},"id":5}"#])
        #expect(none == nil)
        let refused = #""error":{"class":"GenericError","desc":"locked"}"#
        let (bad, failure) = run([block, #""return":{"fd":1,"fdset-id":4}"#, refused, refused])
        #expect(bad == start + [#"{"execute":"remove-fd","arguments":{"fdset-id":4},"id":5}"#])
        guard case .refused("blockdev-change-medium", _)? = failure else { throw failure ?? .notReady }
        for set in ["-1", "4294967296", "\"4\"", "4.0", "null"] {
            #expect(run([block, "\"return\":{\"fdset-id\":\(set)}"]).1 == .senseless(to: "add-fd"), "\(set)")
        }
        #expect(run([#""return":{}"#]).1 == .senseless(to: "query-block"))
        #expect(run([block, refused]).0.count == 2)
        for path in ["/dev/fdset/", "/dev/fdset/-1", "/dev/fdset/99999999999999999999", "/dev/fdset/3/x", "/etc/passwd"] {
            let other = block.replacingOccurrences(of: "/dev/fdset/3", with: path)
            #expect(run([other, #""return":{"fd":1,"fdset-id":4}"#, #""return":{}"#]).1 == nil, "\(path)")
        }
    }

    @Test("Descriptors that QEMU would not take are not passed")
    func unsuitable() throws {
        let machine = FakeMachine(FakeMachine.greeted)
        let reading = opened("/dev/null", O_RDONLY | O_CLOEXEC)
        let both = opened("/dev/null", O_RDWR | O_CLOEXEC)
        defer {
            close(reading)
            close(both)
        }
        var failures: [MachineFailure] = []
        do {
            var connection = MachineConnection(owning: machine.descriptor)
            _ = try connection.greet(within: .seconds(10))
            do throws(MachineFailure) { try connection.saveState(to: both, within: .seconds(1)) } catch { failures.append(error) }
            do throws(MachineFailure) { try connection.changeMedium(of: "a", to: both, within: .seconds(1)) } catch { failures.append(error) }
            do throws(MachineFailure) { try connection.changeMedium(of: "a", to: reading, isReadOnly: false, within: .seconds(1)) } catch { failures.append(error) }
            do throws(MachineFailure) { try connection.changeMedium(of: "a", to: -1, within: .seconds(1)) } catch { failures.append(error) }
        }
        #expect(failures == [
            .unsuitable("opened to be written only"), .unsuitable("opened to be read only"), .unsuitable("opened to be read and written"),
            .system(call: "fcntl", number: EBADF),
        ])
        #expect(machine.wait().count == 1)
    }

    @Test("A device model that is gone before it answers has quit")
    func quit() throws {
        let machine = FakeMachine(FakeMachine.greeted + [.hear], closes: true)
        var connection = MachineConnection(owning: machine.descriptor)
        _ = try connection.greet(within: .seconds(10))
        try connection.quit(within: .seconds(10))
    }
}
