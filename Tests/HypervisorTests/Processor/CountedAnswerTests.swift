import Flask
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// A device model over a connection sends its answers by a counter, to which it may do what it likes: it keeps back what is its
/// own, and nobody waits for it who cannot be woken.
@Suite struct CountedAnswerTests {
    /// A device model that is a client of a daemon, and a guest's processor that it serves.
    private final class Bench: Sendable {
        let lab: Lab
        let guest: UInt16
        let processor: GuestProcessor
        let page: SharedPage
        let port: UInt64
        let socket: MessageSocket
        let counter: Int32
        private let connection: Mutex<ConnectionTests.RawClient?>

        init() throws {
            lab = try Lab()
            guest = try lab.createDomainWithMemory(pages: 16)
            try #require(lab.createServer(buffering: 0) == 0)
            page = try #require(lab.pages(frame: 1, count: 1).first)
            try #require(lab.setServer(0, enabled: true) == 0)
            try #require(lab.range(.mapRange, 0, 0, 0x3f8, 0x3ff) == 0)
            let client = try ConnectionTests.RawClient(ConnectionServer(lab.hypervisor))
            try client.greet(2)
            let remote = UInt64(try #require(page.memory.load32(at: page.offset + 24)))
            let reply = try #require(client.say(.bindInterdomain, UInt64(guest), remote))
            try #require(reply.result > 0 && reply[0] == 1 && reply.descriptors.count == 2)
            port = UInt64(reply.result)
            socket = MessageSocket(reply.descriptors[0])
            counter = reply.descriptors[1]
            connection = Mutex(client)
            processor = try GuestProcessor(of: guest, in: lab.hypervisor)
            // An event may have been lost before the port was bound.
            try waitUntilTold()
        }

        deinit { close(counter) }

        func say(_ kind: Request.Kind, _ words: UInt64...) -> Int64? {
            connection.withLock { $0?.say(Request(kind, words).bytes)?.result }
        }

        func disconnect() { connection.withLock { $0 = nil } }

        /// Begins a read of a port on another thread, and waits until the device model is told of it.
        func read() throws -> ProcessorOutcome {
            let access = try #require(GuestAccess(.port, at: 0x3f8, size: 1))
            let outcome = try ProcessorOutcome { [processor] () throws(ProcessorStop) in try processor.perform(access) }
            try waitUntilTold()
            return outcome
        }

        private func waitUntilTold() throws {
            var told = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            try #require(unsafe poll(&told, 1, 5_000) == 1)
            var bytes = [UInt8](repeating: 0, count: 64)
            try #require(unsafe recv(socket.descriptor, &bytes, bytes.count, 0) == 8)
        }

        /// Writes an answer down, of which nobody knows yet.
        func answer(_ value: UInt64) throws {
            let word = try #require(page.memory.load32(at: page.offset + 28))
            page.memory.store(value, at: page.offset + 8)
            page.memory.store(word & ~(0xf << 16) | 3 << 16, at: page.offset + 28)
        }

        func add(_ number: UInt64 = 1) -> Bool {
            var number = number
            return unsafe Glibc.write(counter, &number, 8) == 8
        }

        /// All that the counter counts; nil where it has nothing.
        func takeAway() -> UInt64? {
            var count: UInt64 = 0
            return unsafe Glibc.read(counter, &count, 8) == 8 ? count : nil
        }

        /// From now on who writes to it when it is full waits, and who reads nothing.
        func letItBlock() throws { try #require(fcntl(counter, F_SETFL, fcntl(counter, F_GETFL) & ~O_NONBLOCK) == 0) }
    }

    @Test func answersAreCountedAndNeverRead() throws {
        let bench = try Bench()
        for number in 0..<100 as Range<UInt64> {
            let outcome = try bench.read()
            try bench.answer(number)
            #expect(bench.add())
            #expect(outcome.wait() == .success(number))
        }
        #expect(bench.takeAway() == 100)
    }

    @Test func aRequestToSendDoesTheSame() throws {
        let bench = try Bench()
        let outcome = try bench.read()
        try bench.answer(7)
        #expect(bench.say(.notify, bench.port) == 0)
        #expect(outcome.wait() == .success(7))
    }

    @Test func eachAnswerIsAskedAbout() throws {
        let bench = try Bench()
        let outcome = try bench.read()
        try bench.lab.load(
            Lab.policy(only: [.init(source: "dom0", target: "xen", objectClass: "version", permissions: ["xen_pagesize"])]))
        _ = bench.lab.takeLines()
        try bench.answer(7)
        #expect(bench.add())
        usleep(30_000)
        #expect(!outcome.isDone)
        #expect(bench.lab.takeLines().contains { $0.hasPrefix("avc:") && $0.contains("{ send }") })
    }

    @Test func aCounterThatBlocksKeepsNobody() throws {
        let bench = try Bench()
        try bench.letItBlock()
        for number in 0..<20 as Range<UInt64> {
            let outcome = try bench.read()
            try bench.answer(number)
            #expect(bench.add())
            #expect(outcome.wait() == .success(number))
        }
        // Full: that is an addition, too. Nothing can be added to it now.
        _ = bench.takeAway()
        let outcome = try bench.read()
        try bench.answer(1)
        #expect(bench.add(.max - 1))
        #expect(outcome.wait() == .success(1))
        let next = try bench.read()
        try bench.answer(2)
        usleep(20_000)
        #expect(!next.isDone)
        // It answers by a request, as somebody without a counter.
        #expect(bench.say(.notify, bench.port) == 0)
        #expect(next.wait() == .success(2))
    }

    @Test func whatIsTakenAwayKeepsTheProcessorOnlyUntilTheEnd() throws {
        for isEmpty in [false, true] {
            let bench = try Bench()
            try bench.letItBlock()
            let isOver = Mutex(false)
            let attackers = try (0..<2).map { number in
                try ProcessorOutcome { () throws(ProcessorStop) in
                    // One adds as fast as it can, and the other leaves nothing there.
                    while !isOver.withLock({ $0 }) { _ = number == 1 && isEmpty ? bench.takeAway() != nil : bench.add() }
                    return 0
                }
            }
            let outcome = try bench.read()
            usleep(50_000)
            #expect(!outcome.isDone)
            #expect(bench.lab.domctl(.pauseDomain, bench.guest) == 0)
            #expect(bench.lab.domctl(.destroyDomain, bench.guest) == 0)
            #expect(outcome.wait() == .failure(.noDomain))
            isOver.withLock { $0 = true }
            #expect(bench.add())
            for attacker in attackers { #expect(attacker.wait() != nil) }
        }
    }

    @Test func aClientThatIsGoneAnswersNoMore() throws {
        let bench = try Bench()
        let outcome = try bench.read()
        try bench.answer(1)
        // The port is closed, and the descriptor is still there.
        #expect(bench.say(.unbind, bench.port) == 0)
        #expect(bench.add())
        usleep(20_000)
        #expect(!outcome.isDone)
        bench.disconnect()
        #expect(bench.lab.dm(.destroyServer) == 0)
        #expect(outcome.wait() == .success(0xff))
    }

    @Test func portsAtWhichNoProcessorWaitsHaveNoCounter() throws {
        let lab = try Lab()
        let server = ConnectionServer(lab.hypervisor)
        let (one, other) = (try ConnectionTests.RawClient(server), try ConnectionTests.RawClient(server))
        for client in [one, other] { try client.greet(2) }
        let unbound = try #require(one.say(.bindUnbound, 0))
        let bound = try #require(other.say(.bindInterdomain, 0, UInt64(unbound.result)))
        for reply in [unbound, bound] {
            #expect(reply.result > 0 && reply[0] == 0 && reply.descriptors.count == 1)
            for descriptor in reply.descriptors { close(descriptor) }
        }
    }
}
