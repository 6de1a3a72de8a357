import Flask
import Synchronization

extension Hypervisor {
    private static let machineCheckVersion: UInt32 = 0x01ec_c003

    /// The `mca` hypercall, about failures of the machine (Xen, xen/arch/x86/cpu/mcheck/mce.c: `do_mca`). This machine does
    /// not fail, and has nowhere to put a failure.
    func machineCheck(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        try hooks.machineCheck(caller)
        var call = try caller.memory.structure(152, at: address)
        guard call.word32(at: 4) == Self.machineCheckVersion else { throw .permissionDenied }
        switch call.word32(at: 0) {
        case 1:
            guard [1, 2].contains(call.word32(at: 8) & 3) else { throw .invalidArgument }
            guard call.word32(at: 8) & 4 == 0 else { return 0 }
            guard call.word64(at: 24) != 0 else { throw .invalidArgument }
            // Everything is well, and nothing is to be told.
            call.set(2 as UInt32, at: 8)
            call.set(0 as UInt64, at: 16)
        case 3:
            let online = machine.withLock { UInt32($0.pools.online.nonzeroBitCount) }
            var count = online
            if call.word64(at: 16) != 0 {
                guard Int32(bitPattern: call.word32(at: 8)) > 0 else { throw .invalidArgument }
                count = min(online, call.word32(at: 8))
                try giveProcessors(count, at: call.word64(at: 16), caller)
            }
            call.set(count, at: 8)
        case 4, 5, 6: throw .noDevice
        default: throw .invalidArgument
        }
        try caller.memory.put(call, at: address)
        return 0
    }

    /// `struct xen_mc_logical_cpu`s.
    private func giveProcessors(_ count: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let size = 552
        for number in 0..<count {
            var entry = ABIStructure(size: size)
            entry.set(number, at: 0)
            entry.set(number, at: 8)
            entry.set(1 as UInt32, at: 16)
            entry.set(1 as UInt32, at: 20)
            try caller.memory.put(entry, at: address &+ UInt64(number) * UInt64(size))
        }
    }
}
