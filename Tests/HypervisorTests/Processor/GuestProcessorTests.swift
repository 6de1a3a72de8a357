import Flask
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// A guest's processor that is executed from outside: what is its own memory, what goes to the device model, and when it stands
/// still.
@Suite struct GuestProcessorTests {
    /// A device model with one register at each port, which answers as soon as it is told.
    private final class Emulator: PortListener {
        let page: SharedPage
        let client: Hypervisor.Client
        private let registers = Mutex<[UInt64: UInt64]>([:])
        private let port = Mutex<UInt32>(0)
        /// What was asked of it.
        let requests = Gathered<String>()
        private let isSilent: Bool

        init(_ page: SharedPage, _ client: Hypervisor.Client, isSilent: Bool = false) {
            self.page = page
            self.client = client
            self.isSilent = isSilent
        }

        func eventIsPending(at port: UInt32) {
            guard !isSilent, let word = page.memory.load32(at: page.offset + 28), IORequest.state(word) == 1,
                let address = page.memory.load64(at: page.offset), let data = page.memory.load64(at: page.offset + 8)
            else { return }
            let reads = word >> 21 & 1 == 1
            requests.append(["\(reads ? "read" : "write") \(word >> 24) 0x\(String(address, radix: 16)) 0x\(String(data, radix: 16))"])
            if reads {
                page.memory.store(registers.withLock { $0[address] } ?? 0, at: page.offset + 8)
            } else {
                registers.withLock { $0[address] = data }
            }
            page.memory.store(word & ~(0xf << 16) | 3 << 16, at: page.offset + 28)
            try? client.notify(port)
        }
    }

    private struct Bench {
        let lab: Lab
        let emulator: Emulator
        let guest: UInt16

        init(isSilent: Bool = false) throws {
            lab = try Lab()
            guest = try lab.createDomainWithMemory(pages: 16)
            try #require(lab.createServer(buffering: 0) == 0)
            let page = try #require(lab.pages(frame: 1, count: 1).first)
            emulator = Emulator(page, lab.client(0), isSilent: isSilent)
            try #require(lab.setServer(0, enabled: true) == 0)
            _ = try lab.client(0).bindInterdomain(
                remote: guest, port: page.memory.load32(at: page.offset + 24) ?? 0, listener: emulator)
            try #require(lab.range(.mapRange, 0, 0, 0x3f8, 0x3ff) == 0)
            try #require(lab.range(.mapRange, 0, 1, 0xf000_0000, 0xf000_ffff) == 0)
            try #require(lab.range(.mapRange, 0, 2, 0x18, 0x18) == 0)
        }

        func processor() throws -> GuestProcessor { try GuestProcessor(of: guest, in: lab.hypervisor) }
    }

    private func access(
        _ space: GuestAccess.Space, _ address: UInt64, _ size: UInt32 = 1, _ written: UInt64? = nil
    ) throws -> GuestAccess {
        try #require(GuestAccess(space, at: address, size: size, write: written))
    }

    @Test func accessesGoToTheDeviceModelAndComeBack() throws {
        let bench = try Bench()
        let processor = try bench.processor()
        #expect(try processor.perform(access(.port, 0x3ff, 1, 0x15a)) == 0)
        #expect(try processor.perform(access(.port, 0x3ff)) == 0x5a)
        #expect(try processor.perform(access(.memory, 0xf000_0010, 4, 7)) == 0)
        #expect(try processor.perform(access(.memory, 0xf000_0010, 4)) == 7)
        // A device's configuration, by the two ports.
        #expect(try processor.perform(access(.port, 0xcf8, 4, 0x8000_1804)) == 0)
        #expect(try processor.perform(access(.port, 0xcfe, 2)) == 0)
        #expect(
            bench.emulator.requests.take() == [
                "write 0 0x3ff 0x5a", "read 0 0x3ff 0x0", "write 1 0xf0000010 0x7", "read 1 0xf0000010 0x0",
                "read 2 0x1800000006 0x0",
            ])
    }

    @Test func whatNobodyHasReadsAsOnes() throws {
        let processor = try Bench().processor()
        #expect(try processor.perform(access(.port, 0x80, 2)) == 0xffff)
        #expect(try processor.perform(access(.memory, 0xe000_0000, 8)) == .max)
        #expect(try processor.perform(access(.port, 0x80, 1, 1)) == 0)
    }

    @Test func theGuestsMemoryIsItsOwn() throws {
        let bench = try Bench()
        let processor = try bench.processor()
        #expect(try processor.perform(access(.memory, 0x1ffe, 4, 0x1122_3344)) == 0)
        #expect(try processor.perform(access(.memory, 0x2000, 2)) == 0x1122)
        #expect(bench.emulator.requests.take() == [])
    }

    @Test func noProcessorMakesSuchAccesses() {
        for (space, address, size) in [
            (GuestAccess.Space.port, UInt64(0x1_0000), UInt32(1)), (.port, 0xffff, 2), (.port, 0x3f8, 8), (.port, 0x3f8, 3),
            (.memory, .max, 2), (.memory, 0, 0), (.memory, 0, 16),
        ] {
            #expect(GuestAccess(space, at: address, size: size) == nil, "\(space) \(address) \(size)")
        }
    }

    @Test func oneMayExecuteAProcessorAtATime() throws {
        let bench = try Bench()
        #expect(throws: ProcessorStop.noDomain) { try GuestProcessor(of: 77, in: bench.lab.hypervisor) }
        #expect(throws: ProcessorStop.noProcessor) { try GuestProcessor(of: bench.guest, processor: 1, in: bench.lab.hypervisor) }
        #expect(throws: ProcessorStop.noProcessor) { try GuestProcessor(of: 0, in: bench.lab.hypervisor) }
        var first: GuestProcessor? = try bench.processor()
        #expect(throws: ProcessorStop.taken) { try bench.processor() }
        withExtendedLifetime(first) {}
        first = nil
        _ = try bench.processor()
    }

    @Test func aPausedDomainsProcessorStandsStill() throws {
        let bench = try Bench()
        let processor = try bench.processor()
        let read = try access(.port, 0x3f8)
        #expect(bench.lab.domctl(.pauseDomain, bench.guest) == 0)
        let outcome = try ProcessorOutcome { () throws(ProcessorStop) in try processor.perform(read) }
        usleep(30_000)
        #expect(!outcome.isDone)
        #expect(bench.lab.domctl(.unpauseDomain, bench.guest) == 0)
        #expect(outcome.wait() == .success(0))
    }

    @Test func aProcessorThatWaitsLearnsOfAnEnd() throws {
        let endings: [(String, (Bench) -> Int64, Result<UInt64, ProcessorStop>)] = [
            ("the server goes", { $0.lab.dm(.destroyServer) }, .success(0xff)),
            ("the domain goes", { $0.lab.domctl(.destroyDomain, $0.guest) }, .failure(.noDomain)),
        ]
        for (name, end, expected) in endings {
            let bench = try Bench(isSilent: true)
            let processor = try bench.processor()
            let read = try access(.port, 0x3f8)
            let outcome = try ProcessorOutcome { () throws(ProcessorStop) in try processor.perform(read) }
            usleep(20_000)
            #expect(!outcome.isDone, "\(name)")
            #expect(end(bench) == 0, "\(name)")
            #expect(outcome.wait() == expected, "\(name)")
        }
    }

    @Test func whoExecutesItMayGoAtAnyTime() throws {
        let bench = try Bench(isSilent: true)
        let server = ConnectionServer(bench.lab.hypervisor)
        let client = try ConnectionTests.RawClient(server)
        try client.greet(7)
        #expect(client.say(.access, 0, 0x80, 1)?.result == -22)
        #expect(client.say(.takeProcessor, 99)?.result == -3)
        #expect(client.say(.takeProcessor, 0)?.result == -19)
        #expect(client.say(.takeProcessor, UInt64(bench.guest))?.result == 0)
        #expect(client.say(.takeProcessor, UInt64(bench.guest))?.result == -22)
        #expect(client.say(.access, 0, 0x80, 1)?[0] == 0xff)
        #expect(client.say(.access, 0, 0x80, 3)?.result == -22)
        #expect(client.say(.access, 2, 0x80, 1)?.result == -22)
        let other = try ConnectionTests.RawClient(server)
        try other.greet(7)
        #expect(other.say(.takeProcessor, UInt64(bench.guest))?.result == -16)
        // It waits for a device model that never answers, and its client is gone.
        #expect(client.socket.send(Request(.access, [0, 0x3f8, 1]).bytes))
        usleep(20_000)
        shutdown(client.socket.descriptor, Int32(SHUT_RDWR))
        var result: Int64?
        for _ in 0..<1_000 where result != 0 {
            result = other.say(.takeProcessor, UInt64(bench.guest))?.result
            if result != 0 { usleep(1_000) }
        }
        #expect(result == 0)
    }

    @Test func onlyWhoControlsTheMachineExecutesProcessors() throws {
        let bench = try Bench()
        let client = try ConnectionTests.RawClient(ConnectionServer(bench.lab.hypervisor), bench.guest)
        #expect(client.say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, 7)?.result == -1)
    }
}
