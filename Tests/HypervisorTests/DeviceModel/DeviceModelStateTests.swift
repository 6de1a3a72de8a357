import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Lines, messages, events, and what a device model does to memory.
@Suite struct DeviceModelStateTests {
    private func lab(frames: UInt64 = 1_000) throws -> Lab {
        let lab = try Lab()
        try lab.createDomain()
        try lab.givePages(1, frames)
        return lab
    }

    private func line(_ lab: Lab, _ device: UInt8, _ line: UInt8, _ level: UInt8) -> Int64 {
        lab.dm(.setPCILevel) { $0.set([0, 0, 0, device, line, level], at: 0) }
    }

    @Test func linesAreCounted() throws {
        let lab = try lab()
        #expect(lab.dm(.setPCILevel) { $0.set([1, 0, 0, 0, 0, 0], at: 0) } == -22)
        #expect(lab.dm(.setPCILevel) { $0.set([0, 0, 1, 0, 0, 0], at: 0) } == -22)
        #expect(line(lab, 32, 0, 1) == -22 && line(lab, 0, 4, 1) == -22 && line(lab, 0, 0, 2) == -22)
        #expect(line(lab, 3, 1, 1) == 0 && line(lab, 3, 1, 1) == 0)
        let input = InterruptLines.input(3, 1)
        #expect(input == 29)
        #expect(lab.deviceModel { $0.lines.inputCounts[input] } == 1)
        // The link of device 3, line 1 is 0: it follows its route.
        #expect(lab.dm(.setPCILinkRoute) { $0.set([0, 10], at: 0) } == 0)
        #expect(lab.deviceModel { $0.lines.isAsserted(input: 10) } == true)
        #expect(lab.dm(.setPCILinkRoute) { $0.set([0, 11], at: 0) } == 0)
        #expect(lab.deviceModel { !$0.lines.isAsserted(input: 10) && $0.lines.isAsserted(input: 11) } == true)
        // Two lines share the link and the interrupt.
        #expect(line(lab, 7, 1, 1) == 0 && line(lab, 3, 1, 0) == 0)
        #expect(lab.deviceModel { $0.lines.inputCounts[11] } == 1)
        #expect(line(lab, 7, 1, 0) == 0)
        #expect(lab.deviceModel { $0.lines.inputCounts.allSatisfy { $0 == 0 } } == true)
        #expect(lab.dm(.setISALevel) { $0.set([16, 1], at: 0) } == -22)
        #expect(lab.dm(.setISALevel) { $0.set([15, 2], at: 0) } == -22)
        #expect(lab.dm(.setISALevel) { $0.set([0, 1], at: 0) } == 0)
        #expect(lab.deviceModel { $0.lines.isAsserted(isa: 0) && $0.lines.isAsserted(input: 2) } == true)
        #expect(lab.dm(.setPCILinkRoute) { $0.set([4, 0], at: 0) } == -22)
        #expect(lab.dm(.setPCILinkRoute) { $0.set([0, 16], at: 0) } == -22)
    }

    @Test(arguments: RandomTest.numbers(2)) func linesNeverCountBelowNothing(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var lines = InterruptLines()
        for _ in 0..<3_000 {
            switch random.below(3) {
            case 0: lines.set(device: UInt8(random.below(32)), line: UInt8(random.below(4)), random.percent(50))
            case 1: lines.set(isa: UInt8(random.below(16)), random.percent(50))
            default: lines.route(UInt8(random.below(4)), to: UInt8(random.below(16)))
            }
            #expect(lines.inputCounts.allSatisfy { $0 >= 0 } && lines.linkCounts.allSatisfy { $0 >= 0 }, "seed \(seed)")
        }
        for device in UInt8(0)..<32 { for line in UInt8(0)..<4 { lines.set(device: device, line: line, false) } }
        for interrupt in UInt8(0)..<16 { lines.set(isa: interrupt, false) }
        #expect(lines.inputCounts.allSatisfy { $0 == 0 } && lines.linkCounts.allSatisfy { $0 == 0 }, "seed \(seed)")
    }

    @Test func anEventIsInjectedOnce() throws {
        let lab = try lab()
        func inject(_ processor: UInt32, pad: UInt8 = 0) -> Int64 {
            lab.dm(.injectEvent) { call in
                call.set(processor, at: 0)
                call.set([14, 3, 2, pad], at: 4)
                call.set(0x1234 as UInt64, at: 16)
            }
        }
        #expect(inject(0, pad: 1) == -22 && inject(1) == -22)
        #expect(inject(0) == 0 && inject(0) == -16)
        let domain = try #require(lab.hypervisor.domain(1))
        let event = try lab.hypervisor.takeInjectedEvent(domain, 0)
        #expect(event == .init(vector: 14, type: 3, instructionLength: 2, errorCode: 0, address: 0x1234))
        #expect(inject(0) == 0)
    }

    @Test func messagesComeAsInterruptsOrEvents() throws {
        let lab = try lab()
        func message(_ address: UInt64, _ data: UInt32) -> Int64 {
            lab.dm(.injectMessage) { call in
                call.set(data, at: 0)
                call.set(address, at: 8)
            }
        }
        #expect(message(0xfee0_0000, 0x31) == 0)
        #expect(message(0, 0x231) == -22)
        #expect(lab.deviceModel { $0.messages } == [.init(address: 0xfee0_0000, data: 0x31)])
        // XSA-96 was about numbers without bounds behind a vector of zero.
        #expect(message(0, 0) == -34)
        #expect(message(0xffff_ffff_ffff_ffff, 0) == -34)
        #expect(message(0x7fff_ff00_000f_f000, 0) == -22)
        #expect(lab.event(.bindPhysicalInterrupt, as: 1) { $0.set(20 as UInt32, at: 0) } == 0)
        #expect(message(20 << 12, 0) == 0)
        #expect(lab.isPending(1, in: 1))
        for _ in 0..<300 { _ = message(0xfee0_0000, 0x32) }
        #expect(lab.violations == [])
    }

    @Test func videoMemoryIsTracked() throws {
        let lab = try lab()
        func track(_ first: UInt64, _ count: UInt32, room: UInt64 = 64, pad: UInt32 = 0) -> Int64 {
            lab.dm(.trackDirtyVideoMemory, second: room) { call in
                call.set(count, at: 0)
                call.set(pad, at: 4)
                call.set(first, at: 8)
            }
        }
        var bits: [UInt8]? { lab.memory.read(2, at: Lab.secondBuffer) }
        #expect(lab.dm(.trackDirtyVideoMemory) == -22)
        #expect(track(0, 8, pad: 1) == -22)
        #expect(track(0, 513) == -22)
        #expect(track(0, 1 << 18 + 1, room: .max) == -22)
        // All at first, then what was written to.
        #expect(track(100, 16) == 0 && bits == [0xff, 0xff])
        #expect(track(100, 16) == 0 && bits == [0, 0])
        lab.change(1) { state in [99, 100, 108, 116].forEach { state.memory.noteWrite($0) } }
        #expect(track(100, 16) == 0 && bits == [1, 1])
        #expect(track(100, 16) == 0 && bits == [0, 0])
        #expect(track(101, 16) == 0 && bits == [0xff, 0xff])
        #expect(track(0, 0, room: 0) == 0)
        #expect(track(101, 16) == 0 && bits == [0xff, 0xff])
        #expect(track(.max - 3, 16) == 0 && bits == [0xff, 0xff])
    }

    @Test func modifiedMemoryIsNotedFromTheEnd() throws {
        let lab = try lab()
        func modify(_ extents: [(first: UInt64, count: UInt32, pad: UInt32)], opaque: UInt32 = 0, more: UInt32 = 0) -> Int64 {
            var list = ABIStructure(size: extents.count * 16)
            for (index, extent) in extents.enumerated() {
                list.set(extent.count, at: index * 16)
                list.set(extent.pad, at: index * 16 + 4)
                list.set(extent.first, at: index * 16 + 8)
            }
            _ = lab.memory.write(list.bytes, at: Lab.secondBuffer)
            return lab.dm(.modifiedMemory, second: UInt64(list.bytes.count)) { call in
                call.set(UInt32(extents.count) + more, at: 0)
                call.set(opaque, at: 4)
            }
        }
        // While nobody keeps account, nothing is looked at.
        #expect(modify([(0, 0, 9)], more: 99) == 0)
        lab.change(1) { $0.memory.log.enable() }
        #expect(modify([(0, 1, 0)], more: 1) == -22)
        #expect(modify([(0, 1, 1)]) == -22)
        #expect(modify([(0, 0, 0)]) == -22)
        #expect(modify([(.max, 2, 0)]) == -22)
        #expect(modify([(999, 1, 0)]) == -22)
        #expect(modify([(5, 3, 0)], opaque: 3) == -22)
        // The first is wrong, the second was done before.
        #expect(modify([(0, 1, 1), (10, 300, 0)]) == -22)
        #expect(lab.state(1).map { state in (0..<1_000).filter { state.memory.log.contains($0) } } == Array(10..<310))
        #expect(modify([(400, 3, 0)], opaque: 2) == 0)
        #expect(lab.state(1).map { state in (400..<403).map { state.memory.log.contains($0) } } == [false, false, true])
    }

    @Test func memoryMoves() throws {
        let lab = try lab()
        func move(_ source: UInt64, _ target: UInt64, _ count: UInt32) -> Int64 {
            lab.dm(.relocateMemory) { call in
                call.set(count, at: 0)
                call.set(source, at: 8)
                call.set(target, at: 16)
            }
        }
        #expect(lab.dm(.relocateMemory) { $0.set(1 as UInt32, at: 4) } == -22)
        #expect(move(10, 2_000, 5) == 0)
        #expect((lab.type(10), lab.type(2_004), lab.type(15)) == (.hole, .memory, .memory))
        // A second time there is nothing to move.
        #expect(move(10, 2_000, 5) == -22)
        #expect(move(0, .max, 1) == -22)
        #expect(move(0, .max - 1, 5) == -75)
        #expect(move(0, 1 << 36, 1) == -22)
        // Xen counts in sixteen bits.
        #expect(move(20, 3_000, 1 << 16) == 0)
        #expect(lab.type(20) == .memory)
        #expect(move(20, 3_000, 1 << 16 + 1) == 0)
        #expect(lab.type(20) == .hole)
        #expect(lab.violations == [])
    }

    @Test func attributesArePinned() throws {
        let lab = try lab()
        func pin(_ start: UInt64, _ end: UInt64, _ type: UInt32, pad: UInt32 = 0) -> Int64 {
            lab.dm(.pinCacheAttribute) { call in
                call.set(start, at: 0)
                call.set(end, at: 8)
                call.set(type, at: 16)
                call.set(pad, at: 20)
            }
        }
        #expect(pin(0, 1, 6, pad: 1) == -22)
        #expect(pin(2, 1, 6) == -22 && pin(0, 1 << 46, 6) == -22 && pin(0, 1, 2) == -22)
        #expect(pin(0, 9, 6) == 0 && pin(0, 9, 4) == 0)
        #expect(pin(5, 12, 6) == -16 && pin(0, 8, .max) == -2 && pin(0, 9, .max) == 0)
        // The lab's guests have an IOMMU: they may go without a cache.
        #expect(pin(0, 9, 0) == 0)
        _ = try? lab.hypervisor.with(lab.hypervisor.domain(1)!) { (state) throws(XenErrorNumber) in state.isIOMMUEnabled = false }
        #expect(pin(20, 29, 1) == -1)
    }
}
