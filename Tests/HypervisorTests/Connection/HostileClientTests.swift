import Flask
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// What one client does to the daemon is not felt by another: it floods, says anything at all, takes all it can, and dies.
@Suite(.serialized) struct HostileClientTests {
    /// How long clients attack: some seconds, with `XSM_LONG` some minutes.
    static let seconds = ProcessInfo.processInfo.environment["XSM_LONG"] == nil ? 3.0 : 180.0

    /// Says something, right or wrong, and does not wait for what comes back.
    private static func say(_ client: ConnectionTests.RawClient, _ random: inout SplitMix64) -> Bool {
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            let size = Int.random(in: 1...200, using: &random)
            return client.socket.send((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
        case 1: return ask(client, Request(.hello, [ClientConnection.magic, ClientConnection.protocolVersion, UInt64.random(in: 0...8, using: &random)]))
        case 2: return ask(client, Request(.arena, [UInt64.random(in: 0...64, using: &random) * 4_096]))
        default:
            let kind = Request.Kind.allCases.randomElement(using: &random) ?? .hypercall
            let words = (0..<7).map { _ in
                Bool.random(using: &random) ? UInt64.random(in: 0...60, using: &random) : UInt64.random(in: 0...UInt64.max, using: &random)
            }
            // A door is not answered.
            if kind == .door { return client.socket.send(Request(kind, words).bytes) }
            return ask(client, Request(kind, words))
        }
    }

    /// Whether there was an answer; what came with it is thrown away.
    private static func ask(_ client: ConnectionTests.RawClient, _ request: Request) -> Bool {
        guard let reply = client.say(request.bytes) else { return false }
        for descriptor in reply.descriptors { close(descriptor) }
        return true
    }

    /// A client that does random things and dies at a random point, again and again.
    private static func attack(_ path: String, until end: Date, seed: UInt64) -> Int {
        var random = SplitMix64(seed: seed)
        var count = 0
        while Date() < end {
            guard let socket = try? MessageSocket(connectingTo: path) else { continue }
            let client = ConnectionTests.RawClient(socket)
            for _ in 0..<Int.random(in: 0...20, using: &random) where !say(client, &random) { break }
            count += 1
        }
        return count
    }

    @Test func othersAreServedMeanwhileAndNothingIsLeft() throws {
        guard Daemon.isReady() else { return }
        let daemon = try Daemon()
        let path = daemon.folder.appendingPathComponent("dom0").path
        let good = ConnectionTests.RawClient(try MessageSocket(connectingTo: path))
        try good.greet(1)
        let before = daemon.openDescriptors
        let seed = RandomTest.seed()
        let end = Date().addingTimeInterval(Self.seconds)
        let clients = Mutex(0)
        let attackers = DispatchGroup()
        for number in 0..<4 {
            DispatchQueue.global().async(group: attackers) {
                let count = Self.attack(path, until: end, seed: seed &+ UInt64(number))
                clients.withLock { $0 += count }
            }
        }
        var slowest = 0.0
        while Date() < end {
            let start = Date()
            #expect(good.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == 0x40011)
            slowest = max(slowest, Date().timeIntervalSince(start))
        }
        attackers.wait()
        print("\(clients.withLock { $0 }) hostile clients came and went; another waited \(Int(slowest * 1_000)) ms at most")
        // Two processors, four attackers: what the system's scheduler gives, and no more.
        #expect(slowest < 1)
        // A domain's grant table and the like come when they are first used and stay: a few, however many clients there were.
        for _ in 0..<500 where daemon.openDescriptors > before + 4 { usleep(10_000) }
        #expect(daemon.openDescriptors <= before + 4)
        #expect(daemon.isRunning)
    }
}
