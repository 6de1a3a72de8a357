import CLinux
import CSandbox
import Foundation
import Glibc
import TestSupport
import Testing

/// What a device model says to XenStore of its service is kept back until it has passed its gate, and all else is passed on at once. A
/// process has one relay: these take turns.
@Suite(.serialized) struct StoreRelayTests {
    /// A message of XenStore's (Xen, xen/include/public/io/xs_wire.h).
    private static func message(_ type: UInt32, _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [type, 7, 0, UInt32(bytes.count)].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } } + bytes
    }

    /// Everything that comes within a while, up to as many bytes as are waited for.
    private static func received(_ descriptor: Int32, _ count: Int, milliseconds: Int32 = 2_000) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count, sandbox_await(descriptor, 0, milliseconds) == 1 {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let size = unsafe sandbox_receive(descriptor, &buffer, buffer.count)
            guard size > 0 else { break }
            all += buffer[..<size]
        }
        return all
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        unsafe #expect(sandbox_send(descriptor, bytes, bytes.count, -1) == bytes.count)
    }

    @Test("Its word waits wherever it is split", arguments: [44, 3, 16, 20, 43])
    func itsWordIsKeptBack(split: Int) throws {
        let folder = try TemporaryFolder()
        let (relayed, store) = (folder.url.path + "/relay", folder.url.path + "/store")
        let listener = unsafe linux_listen(relayed, 0, 0o600)
        let server = unsafe linux_listen(store, 0, 0o600)
        try #require(listener >= 0 && server >= 0)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sleep")
        child.arguments = ["60"]
        try child.run()
        let process = sandbox_process(child.processIdentifier)
        var gate: [Int32] = [-1, -1]
        unsafe #expect(sandbox_socket_pair(&gate) == 0)
        let (watched, other) = (gate[0], gate[1])
        let (returned, goesOn, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        Thread {
            let first = unsafe sandbox_relay(process, listener, store, 4, watched, 20_000, nil, 0)
            #expect(Int(first) == SANDBOX_RELAY_GATE)
            returned.signal()
            goesOn.wait()
            let second = unsafe sandbox_relay(process, -1, store, 4, -1, 0, nil, 0)
            #expect(Int(second) == SANDBOX_RELAY_ENDED)
            ended.signal()
        }.start()
        defer {
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
        }

        let client = unsafe linux_connect(relayed, 0)
        try #require(client >= 0 && sandbox_await(server, 0, 2_000) == 1)
        let accepted = accept(server, nil, nil)
        // A question and its answer, and an event between them.
        let question = Self.message(2, "domid\0")
        Self.send(question, to: client)
        #expect(Self.received(accepted, question.count) == question)
        let answers = Self.message(15, "a\0b\0") + Self.message(2, "0")
        Self.send(answers, to: accepted)
        #expect(Self.received(client, answers.count) == answers)

        let word = Self.message(11, "device-model/5/state\0running")
        // In two pieces, or as a whole.
        Self.send(Array(word.prefix(split)), to: client)
        if split < word.count {
            usleep(50_000)
            Self.send(Array(word.dropFirst(split)), to: client)
        }
        // The client is told that it was said; the server has not got it.
        let done = Self.message(11, "OK\0")
        #expect(Self.received(client, done.count) == done)
        let before = Self.received(accepted, word.count, milliseconds: 200)
        #expect(before.count < word.count)
        // An event still comes through.
        Self.send(Self.message(15, "c\0d\0"), to: accepted)
        #expect(Self.received(client, 20) == Self.message(15, "c\0d\0"))

        Self.send([1], to: other)
        #expect(returned.wait(timeout: .now() + 5) == .success)
        #expect(Self.received(accepted, 1, milliseconds: 100).isEmpty)
        goesOn.signal()
        #expect(before + Self.received(accepted, word.count - before.count) == word)
        // The server's answer is no news for the client; then the connection is over.
        Self.send(done, to: accepted)
        #expect(Self.received(client, 1).isEmpty)
        #expect(sandbox_await(client, 0, 2_000) == 1)
        kill(child.processIdentifier, SIGKILL)
        #expect(ended.wait(timeout: .now() + 5) == .success)
        for descriptor in [client, accepted, server, listener, process, watched, other] { close(descriptor) }
    }
}
