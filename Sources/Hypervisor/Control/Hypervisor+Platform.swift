import Flask
import Synchronization

extension Hypervisor {
    /// The only version of the structure (`XENPF_INTERFACE_VERSION`).
    static let platformVersion: UInt32 = 0x0300_0001

    /// The `platform_op` hypercall: what the first domain does to the machine (Xen,
    /// xen/arch/x86/platform_hypercall.c). What would be done to hardware is kept.
    func platformOperation(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(136, at: address)
        guard call.word32(at: 4) == Self.platformVersion else { throw .permissionDenied }
        try hooks.platform(call.word32(at: 0), caller)
        guard let command = PlatformCommand(rawValue: call.word32(at: 0)) else { throw .notImplemented }
        switch command {
        // There is no clock: nobody is told the time.
        case .setTime32: break
        case .setTime64: guard call.word32(at: 20) == 0 else { throw .invalidArgument }
        case .addMemoryType, .removeMemoryType, .readMemoryType: try memoryType(command, &call)
        case .quirk:
            guard 1...3 ~= call.word32(at: 8) else { throw .invalidArgument }
            guard call.word32(at: 8) == 1 else { return 0 }
            console.log("Platform quirk -- Disabling IRQ balancing/affinity.")
        case .updateMicrocode:
            // Nobody wants microcode here: only that it is there is checked.
            guard call.word32(at: 16) <= 1 << 20 else { throw .outOfMemory }
            _ = try caller.memory.structure(Int(call.word32(at: 16)), at: call.word64(at: 8))
            throw .invalidArgument
        case .firmwareInfo: try firmwareInfo(&call)
        case .firmwareCall: throw .notImplemented
        case .enterSleep: try enterSleep(call)
        // Frequencies are the hypervisor's own affair, as is Xen's default.
        case .changeFrequency, .getIdleTime: throw .notImplemented
        case .setPowerInfo: try setPowerInfo(call)
        case .resourceAccess: return try accessResources(call, caller)
        case .getSymbol: try giveSymbol(&call, caller)
        case .processorInfo, .processorVersion, .processorOnline, .processorOffline, .addProcessor, .addMemory, .coreParking:
            try platformProcessors(command, &call, caller)
        }
        switch command {
        case .addMemoryType, .readMemoryType, .firmwareInfo, .getSymbol, .processorInfo, .processorVersion, .coreParking:
            try caller.memory.put(call, at: address)
        default: break
        }
        return 0
    }

    // MARK: Memory types

    private func memoryType(_ command: PlatformCommand, _ call: inout ABIStructure) throws(XenErrorNumber) {
        switch command {
        case .addMemoryType:
            let range = PlatformState.MemoryType(frame: call.word64(at: 8), count: call.word64(at: 16), type: call.word32(at: 24))
            // Uncached, write combining, write through, write protected, write back.
            guard [0, 1, 4, 5, 6].contains(range.type), range.count > 0, range.frame &+ range.count > range.frame
            else { throw .invalidArgument }
            let register = try machine.withLock { (machine) throws(XenErrorNumber) in try machine.platform.add(range) }
            call.set(0 as UInt32, at: 28)
            call.set(UInt32(register), at: 32)
        case .removeMemoryType:
            let register = Int(call.word32(at: 12))
            try machine.withLock { (machine) throws(XenErrorNumber) in
                guard call.word32(at: 8) == 0, machine.platform.memoryTypes.indices.contains(register),
                    var range = machine.platform.memoryTypes[register]
                else { throw .invalidArgument }
                range.uses -= 1
                machine.platform.memoryTypes[register] = range.uses > 0 ? range : nil
            }
        default:
            let register = Int(call.word32(at: 8))
            let range = try machine.withLock { (machine) throws(XenErrorNumber) in
                guard machine.platform.memoryTypes.indices.contains(register) else { throw .invalidArgument }
                return machine.platform.memoryTypes[register]
            }
            call.set(range?.frame ?? 0, at: 16)
            call.set(range?.count ?? 0, at: 24)
            call.set(range?.type ?? 0, at: 32)
        }
    }

    // MARK: Firmware

    /// The machine was started by no firmware that had anything to tell.
    private func firmwareInfo(_ call: inout ABIStructure) throws(XenErrorNumber) {
        switch call.word32(at: 8) {
        // Disks, their signatures, the display.
        case 1, 2, 3: throw .noSuchDomain
        // Tables of EFI.
        case 4: throw .notImplemented
        // Keys that are held.
        case 5:
            guard call.word32(at: 12) == 0 else { throw .noSuchDomain }
            call.set(0 as UInt8, at: 16)
        default: throw .invalidArgument
        }
    }

    /// Nothing sleeps. Throws `EINVAL` for a state that is none.
    private func enterSleep(_ call: ABIStructure) throws(XenErrorNumber) {
        let state = call.word32(at: 12)
        guard 1...5 ~= state, call.word32(at: 16) & ~1 == 0 else { throw .invalidArgument }
    }

    private func setPowerInfo(_ call: ABIStructure) throws(XenErrorNumber) {
        let (number, kind) = (call.word32(at: 8), call.word32(at: 12))
        switch kind {
        // States of sleep and of performance, of which no driver makes use.
        case 0, 1: guard number < configuration.processorCount else { throw .invalidArgument }
        case 2: throw .notImplemented
        case 3: break
        default: throw .invalidArgument
        }
    }

    // MARK: Registers and symbols

    /// Reads and writes of registers, of which none may be written; how many were done is returned. Throws `EINVAL` for more than
    /// three, and `ENODEV` for a processor that is not up.
    private func accessResources(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let count = Int(call.word32(at: 8))
        guard count > 0 else { return 0 }
        guard count <= 3 else { throw .invalidArgument }
        let address = call.word64(at: 16)
        var entries = try caller.memory.structure(count * 24, at: address)
        // Only the clock may be read.
        for index in 0..<count where entries.word32(at: index * 24) != 0 || entries.word64(at: index * 24 + 8) != 0x10 {
            entries.set(Int32(-13), at: index * 24)
            guard caller.memory.write(Array(entries.bytes[..<((index + 1) * 24)]), at: address) else { throw .badAddress }
            return Int64(index)
        }
        guard machine.withLock({ $0.pools.isOnline(call.word32(at: 12)) }) else { throw .noDevice }
        for index in 0..<count {
            entries.set(0 as UInt32, at: index * 24)
            entries.set(0 as UInt64, at: index * 24 + 16)
        }
        try caller.memory.put(entries, at: address)
        return Int64(count)
    }

    /// There is one symbol: where the hypervisor would begin.
    private func giveSymbol(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let number = call.word32(at: 12)
        guard number <= 1 else { throw .resultTooLarge }
        let name: [UInt8] = number == 0 ? Array("_stext".utf8) + [0] : [0]
        let room = Int(min(call.word32(at: 8), UInt32(name.count)))
        guard caller.memory.write(Array(name[..<room]), at: call.word64(at: 16)) else { throw .badAddress }
        call.set(UInt32(name.count), at: 8)
        call.set(number + 1, at: 12)
        call.set(number == 0 ? 0xffff_82d0_4020_0000 : 0 as UInt64, at: 24)
        call.set(number == 0 ? UInt8(ascii: "T") : 0, at: 32)
    }
}

extension PlatformState {
    /// The register that a range has or gets. Throws `ENOSPC`, and `EINVAL` where it overlaps another of another type.
    fileprivate mutating func add(_ range: MemoryType) throws(XenErrorNumber) -> Int {
        for (register, old) in memoryTypes.enumerated() {
            guard let old, range.frame < old.frame + old.count, old.frame < range.frame + range.count else { continue }
            guard old.frame == range.frame, old.count == range.count, old.type == range.type else { throw .invalidArgument }
            guard old.uses < .max else { throw .noSpace }
            memoryTypes[register]?.uses += 1
            return register
        }
        guard let register = memoryTypes.firstIndex(of: nil) else { throw .noSpace }
        memoryTypes[register] = range
        return register
    }
}
