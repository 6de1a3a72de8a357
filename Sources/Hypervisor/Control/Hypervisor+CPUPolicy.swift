import Flask
import Synchronization

// What processors can do, for the machine and for each domain (Xen, xen/arch/x86/domctl.c: `update_domain_cpu_policy`,
// xen/lib/x86/cpuid.c, xen/lib/x86/msr.c).

extension Hypervisor {
    /// Writes leaves and registers where the caller wants them, and how many there are; the places of both counts and of
    /// both pointers are given. Throws `ENOBUFS` when there is no room for them.
    private func tell(
        _ policy: CPUPolicy, _ call: inout ABIStructure, counts: (Int, Int), pointers: (Int, Int), _ caller: Caller
    ) throws(XenErrorNumber) {
        if call.word64(at: pointers.0) == 0 {
            call.set(CPUPolicy.maximumLeaves, at: counts.0)
        } else {
            let leaves = policy.listed
            guard call.word32(at: counts.0) >= leaves.count else { throw .noBufferSpace }
            var table = ABIStructure(size: leaves.count * 24)
            for (index, leaf) in leaves.enumerated() {
                for (place, word) in [leaf.leaf, leaf.subleaf, leaf.a, leaf.b, leaf.c, leaf.d].enumerated() {
                    table.set(word, at: index * 24 + place * 4)
                }
            }
            try caller.memory.put(table, at: call.word64(at: pointers.0))
            call.set(UInt32(leaves.count), at: counts.0)
        }
        if call.word64(at: pointers.1) == 0 {
            call.set(CPUPolicy.maximumRegisters, at: counts.1)
        } else {
            guard call.word32(at: counts.1) >= policy.registers.count else { throw .noBufferSpace }
            var table = ABIStructure(size: policy.registers.count * 16)
            for (index, register) in policy.registers.enumerated() {
                table.set(register.index, at: index * 16)
                table.set(register.value, at: index * 16 + 8)
            }
            try caller.memory.put(table, at: call.word64(at: pointers.1))
            call.set(UInt32(policy.registers.count), at: counts.1)
        }
    }

    func getCPUPolicy(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let policy = try with(domain) { (state) throws(XenErrorNumber) in state.control.policy }
        var answer = call
        try tell(policy, &answer, counts: (16, 20), pointers: (24, 32), caller)
        try caller.memory.put(answer, at: address)
    }

    /// Leaves and registers replace those that the domain has. What is wrong with them is told.
    func setCPUPolicy(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        let (old, hasRun) = try with(domain) { (state) throws(XenErrorNumber) in (state.control.policy, state.control.hasRun) }
        guard !hasRun else { throw .exists }
        var answer = call
        for place in [40, 44, 48] { answer.set(UInt32.max, at: place) }
        do throws(XenErrorNumber) {
            let new = try changed(old, &answer, caller)
            try with(domain) { (state) throws(XenErrorNumber) in
                guard !state.control.hasRun else { throw .exists }
                state.control.policy = new
            }
        } catch {
            try caller.memory.put(answer, at: address)
            throw error
        }
    }

    private func changed(_ policy: CPUPolicy, _ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> CPUPolicy {
        var policy = policy
        let (leaves, registers) = (call.word32(at: 16), call.word32(at: 20))
        guard leaves <= CPUPolicy.maximumLeaves, registers <= CPUPolicy.maximumRegisters else { throw .tooBig }
        for index in 0..<leaves {
            let entry = try caller.memory.structure(24, at: call.word64(at: 24) &+ UInt64(index) * 24)
            let leaf = CPUPolicy.Leaf(
                leaf: entry.word32(at: 0), subleaf: entry.word32(at: 4), a: entry.word32(at: 8), b: entry.word32(at: 12),
                c: entry.word32(at: 16), d: entry.word32(at: 20))
            // No domain has more leaves than the machine.
            let isTooMany = leaf.leaf == 0 && leaf.a > 0xd || leaf.leaf == 0x8000_0000 && leaf.a > 0x8000_0021
            if !CPUPolicy.isKnown(leaf.leaf, leaf.subleaf) || isTooMany {
                call.set(leaf.leaf, at: 40)
                call.set(leaf.subleaf, at: 44)
                throw isTooMany ? .invalidArgument : .resultTooLarge
            }
            policy.set(leaf)
        }
        for index in 0..<registers {
            let entry = try caller.memory.structure(16, at: call.word64(at: 32) &+ UInt64(index) * 16)
            let register = CPUPolicy.Register(index: entry.word32(at: 0), value: entry.word64(at: 8))
            if entry.word32(at: 4) != 0 || !policy.registers.contains(where: { $0.index == register.index }) {
                call.set(register.index, at: 48)
                throw entry.word32(at: 4) != 0 ? .invalidArgument : .resultTooLarge
            }
            policy.set(register)
        }
        return policy
    }

    // MARK: The machine's

    /// `XEN_SYSCTL_get_cpu_policy`: the raw one, the hypervisor's, and the most and the usual of both kinds of guests.
    func tellCPUPolicy(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        guard call.word32(at: 20) == 0, call.word32(at: 8) < 6 else { throw .invalidArgument }
        try tell(.machine, &call, counts: (12, 16), pointers: (24, 32), caller)
    }

    /// `XEN_SYSCTL_get_cpu_featureset`. Throws `ENOBUFS` when there are more words than were asked for.
    func tellFeatures(_ call: inout ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard call.word64(at: 16) != 0 else { return call.set(UInt32(CPUPolicy.featureWords), at: 12) }
        let count = min(call.word32(at: 12), UInt32(CPUPolicy.featureWords))
        guard call.word32(at: 8) < 4 else { throw .invalidArgument }
        var words = ABIStructure(size: Int(count) * 4)
        for (index, word) in CPUPolicy.machine.features.prefix(Int(count)).enumerated() { words.set(word, at: index * 4) }
        try caller.memory.put(words, at: call.word64(at: 16))
        call.set(count, at: 12)
        guard count < CPUPolicy.featureWords else { return }
        try caller.memory.put(call, at: address)
        throw .noBufferSpace
    }
}
