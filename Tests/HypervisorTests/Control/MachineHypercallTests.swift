import Flask
import Synchronization
import Testing

@testable import Hypervisor

/// Hypercalls of which each is a world of its own.
@Suite struct MachineHypercallTests {
    @Test func imagesAreLoadedAndForgotten() throws {
        let lab = try Lab()
        func kexec(_ command: KexecCommand, _ bytes: [UInt8]) -> Int64 {
            guard lab.memory.write(bytes, at: Lab.argument) else { return .min }
            return lab.call(.kexec, [command.rawValue, Lab.argument])
        }
        func load(type: UInt8, target: UInt64, size: UInt64 = 4_096, count: UInt32 = 1) -> Int64 {
            var load = ABIStructure(size: 24)
            load.set(type, at: 0)
            load.set(62 as UInt16, at: 2)
            load.set(count, at: 4)
            load.set(Lab.buffer, at: 8)
            var segment = ABIStructure(size: 32)
            segment.set(size, at: 8)
            segment.set(target, at: 16)
            segment.set(4_096 as UInt64, at: 24)
            _ = lab.memory.write(segment.bytes + segment.bytes, at: Lab.buffer)
            return kexec(.load, load.bytes)
        }
        #expect(kexec(.status, [0]) == 0)
        #expect(kexec(.execute, [0, 0, 0, 0]) == -2)
        #expect(load(type: 0, target: 0x10_0000) == 0)
        #expect(load(type: 0, target: 0x10_0001) == -99)
        #expect(load(type: 0, target: 0x10_0000, size: 4_097) == -22)
        #expect(load(type: 0, target: 0x10_0000, count: 2) == -22)
        #expect(load(type: 0, target: 0x10_0000, count: 16) == -22)
        #expect(load(type: 2, target: 0x10_0000) == -22)
        #expect(kexec(.status, [0]) == 1)
        #expect(kexec(.status, [1]) == 0)
        #expect(kexec(.unload, [0]) == 0)
        #expect(kexec(.status, [0]) == 0)
        #expect(lab.call(.kexec, [9, Lab.argument]) == -22)
    }

    @Test func patchesHaveStates() throws {
        let lab = try Lab()
        func patch(_ command: UInt32, name: String = "fix", _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
            let text = Array(name.utf8) + [0]
            _ = lab.memory.write(text, at: Lab.buffer)
            return lab.sysctl(.livePatch) { call in
                call.set(command, at: 8)
                call.set(Lab.buffer, at: 16)
                call.set(UInt16(text.count), at: 24)
                body(&call)
            }
        }
        let upload: (inout ABIStructure) -> Void = { call in
            call.set(64 as UInt64, at: 32)
            call.set(Lab.buffer + 0x100, at: 40)
        }
        #expect(patch(1) == -2)
        #expect(patch(0, upload) == -22)
        var object = ABIStructure(size: 64)
        object.set([0x7f, 0x45, 0x4c, 0x46, 2], at: 0)
        object.set(62 as UInt16, at: 18)
        _ = lab.memory.write(object.bytes, at: Lab.buffer + 0x100)
        #expect(patch(0, upload) == 0)
        #expect(patch(0, upload) == -17)
        #expect(patch(3) { $0.set(3 as UInt32, at: 32) } == 0)
        #expect(patch(1) == 0)
        #expect(lab.answer(136).word32(at: 32) == 2)
        #expect(patch(3) { $0.set(1 as UInt32, at: 32) } == -22)
        let list = lab.sysctl(.livePatch) { call in
            call.set(2 as UInt32, at: 8)
            call.set(4 as UInt32, at: 24)
            for (index, place) in [40, 48, 56, 64, 72].enumerated() { call.set(Lab.buffer + UInt64(index) * 64, at: place) }
        }
        #expect(list == 1)
        #expect(lab.memory.read(8, at: Lab.buffer) == [2, 0, 0, 0, 0, 0, 0, 0])
        #expect(lab.memory.read(4, at: Lab.buffer + 64) == Array("fix\0".utf8))
        #expect(patch(3) { $0.set(2 as UInt32, at: 32) } == 0)
        #expect(patch(3) { $0.set(1 as UInt32, at: 32) } == 0)
        #expect(patch(1) == -2)
        #expect(patch(9) == -95)
    }

    @Test func processorsAreADomainsOwn() throws {
        let lab = try Lab()
        try lab.createDomain(isHVM: false, processors: 2)
        func processor(_ command: VirtualProcessorCommand, _ number: UInt64 = 0, at address: UInt64 = Lab.buffer) -> Int64 {
            lab.call(.virtualProcessor, [UInt64(command.rawValue), number, address], as: 1)
        }
        #expect(processor(.isUp, 2) == -2)
        #expect(processor(.isUp, 1) == 0)
        #expect(processor(.bringUp, 1) == -22)
        #expect(processor(.initialize, 1, at: 1) == -14)
        #expect(processor(.initialize, 1) == 0)
        #expect(processor(.initialize, 1) == -17)
        #expect(processor(.bringUp, 1) == 0)
        #expect(processor(.isUp, 1) == 1)
        #expect(lab.domctl(.maximumMemory, 1, as: 0) { $0.set(64 as UInt64, at: 16) } == 0)
        let frame = try #require(lab.takeFrames(1, 1).first)
        lab.putNumbers([frame, 0])
        #expect(processor(.registerInfo, 0) == 0)
        #expect(processor(.registerInfo, 0) == -22)
        lab.putNumbers([0, 0])
        #expect(processor(.setPeriodicTimer, 0) == -22)
        #expect(processor(.setSingleShotTimer, 1) == -22)
        #expect(processor(.sendNMI, 0) == -22)
        #expect(processor(.sendNMI, 0, at: 0) == 0)
        // The last one takes the domain with it.
        #expect(processor(.bringDown, 1) == 0)
        #expect(lab.hypervisor.machine.withLock { $0.domains[1]?.shutdownCode } == 0)
    }

    @Test func memoryTypesHaveRegisters() throws {
        let lab = try Lab()
        func add(_ frame: UInt64, _ count: UInt64, _ type: UInt32) -> Int64 {
            lab.platform(.addMemoryType) { call in
                call.set(frame, at: 8)
                call.set(count, at: 16)
                call.set(type, at: 24)
            }
        }
        #expect(add(0x100, 0x10, 1) == 0)
        #expect(lab.answer(136).word32(at: 32) == 0)
        #expect(add(0x100, 0x10, 1) == 0)
        #expect(add(0x108, 0x10, 1) == -22)
        #expect(add(0x200, 0, 1) == -22)
        #expect(add(0x200, 1, 2) == -22)
        for index: UInt64 in 1..<8 { #expect(add(0x1000 * index, 1, 6) == 0) }
        #expect(add(0x10_0000, 1, 6) == -28)
        let remove: (inout ABIStructure) -> Void = { $0.set(0 as UInt32, at: 12) }
        #expect(lab.platform(.removeMemoryType, remove) == 0)
        #expect(lab.platform(.removeMemoryType, remove) == 0)
        #expect(lab.platform(.removeMemoryType, remove) == -22)
        #expect(lab.platform(.readMemoryType) { $0.set(1 as UInt32, at: 8) } == 0)
        #expect(lab.answer(136).word64(at: 16) == 0x1000)
        #expect(lab.platform(.readMemoryType) { $0.set(8 as UInt32, at: 8) } == -22)
    }
}
