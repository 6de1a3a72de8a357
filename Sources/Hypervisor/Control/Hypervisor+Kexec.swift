import Flask
import Synchronization

extension Hypervisor {
    /// The `kexec_op` hypercall: another kernel is started in place of all (Xen, xen/common/kexec.c). That something is loaded is
    /// kept; nothing is started. Throws `EINVAL` for what is not known.
    func kexecOperation(_ number: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        try hooks.kexec(caller)
        switch KexecCommand(rawValue: number) {
        case .getRange: try getKexecRange(at: address, caller)
        case .load: try loadImage(at: address, caller)
        case .unload:
            let kind = try imageKind(UInt32(caller.memory.structure(1, at: address).byte(at: 0)))
            machine.withLock { _ = $0.platform.images.remove(kind) }
        case .status:
            let kind = try imageKind(UInt32(caller.memory.structure(1, at: address).byte(at: 0)))
            return machine.withLock { $0.platform.images.contains(kind) } ? 1 : 0
        case .execute:
            let kind = try imageKind(caller.memory.structure(4, at: address).word32(at: 0))
            guard machine.withLock({ $0.platform.images.contains(kind) }) else { throw .noEntry }
            console.log("kexec: an image would be started now")
        case .loadOld, .unloadOld: throw .notImplemented
        case nil: throw .invalidArgument
        }
        return 0
    }

    /// The usual one, and the one for when all is lost.
    private func imageKind(_ number: UInt32) throws(XenErrorNumber) -> UInt8 {
        guard number <= 1 else { throw .invalidArgument }
        return UInt8(number)
    }

    private func getKexecRange(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var range = try caller.memory.structure(24, at: address)
        switch range.word32(at: 0) {
        // Nothing is kept free for a crash; there is no note about processors, and no heap of the hypervisor's.
        case 0, 3, 5, 6:
            range.set(0 as UInt64, at: 8)
            range.set(0 as UInt64, at: 16)
        case 1:
            range.set(16 << 20 as UInt64, at: 8)
            range.set(0x1_0000_0000 as UInt64, at: 16)
        case 2:
            guard range.word32(at: 4) < configuration.processorCount else { throw .resultTooLarge }
            range.set(0 as UInt64, at: 8)
            range.set(0 as UInt64, at: 16)
        default: throw .invalidArgument
        }
        try caller.memory.put(range, at: address)
    }

    private func loadImage(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let load = try caller.memory.structure(24, at: address)
        guard load.word32(at: 4) < 16 else { throw .invalidArgument }
        let count = Int(load.word32(at: 4))
        let table = try caller.memory.structure(count * 32, at: load.word64(at: 8))
        let kind = try imageKind(UInt32(load.byte(at: 0)))
        // x86, of either width.
        guard [3, 62].contains(load.word16(at: 2)) else { throw .invalidArgument }
        var targets: [Range<UInt64>] = []
        for index in 0..<count {
            let size = table.word64(at: index * 32 + 8)
            let (start, targetSize) = (table.word64(at: index * 32 + 16), table.word64(at: index * 32 + 24))
            // Whole pages, which do not overlap others' and are not larger than all.
            let end = start &+ targetSize
            guard start % 4_096 == 0, end % 4_096 == 0 else { throw .addressNotAvailable }
            guard end >= start, size <= targetSize, targetSize / 4_096 <= configuration.memoryPages else { throw .invalidArgument }
            guard !targets.contains(where: { start < $0.upperBound && $0.lowerBound < end }) else { throw .invalidArgument }
            // A crash image lies where memory was kept free for it, and none was.
            guard kind == 0 else { throw .addressNotAvailable }
            targets.append(start..<end)
        }
        machine.withLock { _ = $0.platform.images.insert(kind) }
    }
}
