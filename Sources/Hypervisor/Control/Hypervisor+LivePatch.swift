import Flask
import Synchronization

// Patches of the running hypervisor (Xen, xen/common/livepatch.c). They are kept by name, with what was done with them;
// nothing is patched.

extension Hypervisor {
    private static let maximumName: UInt16 = 128
    private static let maximumPatch: UInt64 = 1 << 21

    /// Returns how many patches were told of, for a list.
    func livePatch(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard call.word32(at: 12) == 0 else { throw .invalidArgument }
        switch call.word32(at: 8) {
        case 0: try upload(call, caller)
        case 1: try getPatch(&call, caller)
        case 2: return try listPatches(&call, caller)
        case 3: try act(call, caller)
        default: throw .notSupported
        }
        return 0
    }

    private func name(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> [UInt8] {
        let size = call.word16(at: 24)
        guard size > 0, size <= Self.maximumName, call.bytes[26..<32].allSatisfy({ $0 == 0 }) else { throw .invalidArgument }
        let name = try caller.memory.structure(Int(size), at: call.word64(at: 16)).bytes
        guard name.last == 0 else { throw .invalidArgument }
        return Array(name.prefix { $0 != 0 })
    }

    /// Takes an object file whose header is one. Throws `EEXIST`, and `EINVAL` for what is no object file.
    private func upload(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let size = call.word64(at: 32)
        let name = try name(call, caller)
        guard size > 0, size <= Self.maximumPatch else { throw .invalidArgument }
        let isKnown = machine.withLock { $0.platform.livePatches.contains { $0.name == name } }
        guard !isKnown else { throw .exists }
        let object = try caller.memory.structure(Int(size), at: call.word64(at: 40))
        guard size >= 64, object.word32(at: 0) == 0x464c_457f, object.byte(at: 4) == 2, object.word16(at: 18) == 62
        else { throw .invalidArgument }
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard !machine.platform.livePatches.contains(where: { $0.name == name }) else { throw .exists }
            guard machine.platform.livePatches.count < 1_024 else { throw .outOfMemory }
            machine.platform.livePatches.append(.init(name: name))
        }
    }

    private func getPatch(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        guard call.word32(at: 36) == 0 else { throw .invalidArgument }
        let name = try name(call, caller)
        guard let patch = machine.withLock({ $0.platform.livePatches.first { $0.name == name } }) else { throw .noEntry }
        call.set(patch.isApplied ? 2 : 1 as UInt32, at: 32)
        call.set(0 as UInt32, at: 36)
    }

    private func listPatches(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let (first, limit) = (Int(call.word32(at: 20)), call.word32(at: 24))
        guard limit <= 1_024 else { throw .tooBig }
        guard call.word32(at: 28) == 0 else { throw .invalidArgument }
        let patches = machine.withLock { $0.platform.livePatches }
        guard first < patches.count || patches.isEmpty else { throw .invalidArgument }
        let told = limit == 0 ? [] : Array(patches.dropFirst(first).prefix(Int(limit)))
        var nameSize: UInt32 = 0
        for (index, patch) in told.enumerated() {
            let name = patch.name + [0]
            guard caller.memory.write(name, at: call.word64(at: 48) &+ UInt64(nameSize)) else { throw .invalidArgument }
            var words = ABIStructure(size: 8)
            words.set(UInt32(name.count), at: 0)
            try caller.memory.put(0..<4, of: words, at: call.word64(at: 56) &+ UInt64(index) * 4)
            words.set(patch.isApplied ? 2 : 1 as UInt32, at: 0)
            try caller.memory.put(words, at: call.word64(at: 40) &+ UInt64(index) * 8)
            try caller.memory.put(0..<4, of: ABIStructure(size: 4), at: call.word64(at: 72) &+ UInt64(index) * 4)
            nameSize += UInt32(name.count)
        }
        if limit == 0 { nameSize = patches.reduce(0) { $0 + UInt32($1.name.count) + 1 } }
        call.set(nameSize, at: 32)
        call.set(0 as UInt32, at: 36)
        call.set(UInt32(patches.count - (limit == 0 ? 0 : min(first + told.count, patches.count))), at: 24)
        call.set(UInt32(patches.count), at: 16)
        return Int64(told.count)
    }

    private func act(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        guard call.word32(at: 44) == 0 else { throw .invalidArgument }
        let name = try name(call, caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard let place = machine.platform.livePatches.firstIndex(where: { $0.name == name }) else { throw .noEntry }
            let isApplied = machine.platform.livePatches[place].isApplied
            switch call.word32(at: 32) {
            case 1:
                guard !isApplied else { throw .invalidArgument }
                machine.platform.livePatches.remove(at: place)
            case 2: machine.platform.livePatches[place].isApplied = false
            case 3: machine.platform.livePatches[place].isApplied = true
            case 4:
                for other in machine.platform.livePatches.indices {
                    machine.platform.livePatches[other].isApplied = other == place
                }
            default: throw .notSupported
            }
        }
    }
}
