import Flask
import Synchronization

// Which interrupts, ports and memory of devices a domain may use (Xen, xen/common/domctl.c and xen/arch/x86/domctl.c). Nobody
// gives what he has not.

extension Hypervisor {
    /// Which permission a domain needs over the devices that it is given.
    func resourceUser(_ domain: Domain) throws(XenErrorNumber) -> Hooks.ResourceUser {
        // Where there is an IOMMU, what is the first domain's or nobody's is behind it.
        let isFirst = domain === domio || domain.number.rawValue == 0
        let isEnabled =
            try isFirst ? configuration.hasIOMMU : with(domain) { (state) throws(XenErrorNumber) in state.isIOMMUEnabled }
        return Hooks.ResourceUser(domain, isIOMMUEnabled: isEnabled, remapsInterrupts: configuration.remapsInterrupts)
    }

    func resources(of domain: Domain) throws(XenErrorNumber) -> ResourceAccess {
        try with(domain) { (state) throws(XenErrorNumber) in state.resources }
    }

    /// How many numbers a domain has for interrupts (Xen: `nr_pirqs`).
    func interruptNumbers(of domain: Domain) -> Int32 {
        domain.number.rawValue == 0 ? InterruptTable.count : InterruptTable.lines + 32
    }

    func interruptPermission(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let allows = call.byte(at: 20) != 0
        guard number < interruptNumbers(of: caller.domain) else { throw .invalidArgument }
        let found = try with(caller.domain) { (state) throws(XenErrorNumber) in state.permittedInterrupt(Int32(number)) }
        guard let interrupt = found else { throw .operationNotPermitted }
        try deniedAsNotPermitted { () throws(XenErrorNumber) in
            try hooks.interruptPermission(domain, allows: allows, caller)
        }
        let range = UInt64(interrupt)...UInt64(interrupt)
        try with(domain) { (state) throws(XenErrorNumber) in
            if allows { try state.resources.interrupts.insert(range) } else { try state.resources.interrupts.remove(range) }
        }
    }

    /// Xen has one number for whatever a hook says here.
    private func deniedAsNotPermitted(_ hook: () throws(XenErrorNumber) -> Void) throws(XenErrorNumber) {
        do throws(XenErrorNumber) { try hook() } catch { throw .operationNotPermitted }
    }

    func memoryPermission(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let first = call.word64(at: 16)
        let last = first &+ call.word64(at: 24) &- 1
        let allows = call.byte(at: 32) != 0
        guard last >= first else { throw .invalidArgument }
        guard try resources(of: caller.domain).memory.contains(first...last) else { throw .operationNotPermitted }
        let user = try resourceUser(domain)
        try deniedAsNotPermitted { () throws(XenErrorNumber) in
            try hooks.rangePermission(first...last, .ioMemory, user, allows: allows, caller)
        }
        try with(domain) { (state) throws(XenErrorNumber) in
            if allows { try state.resources.memory.insert(first...last) } else { try state.resources.memory.remove(first...last) }
        }
    }

    func portPermission(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (first, count) = (call.word32(at: 16), call.word32(at: 20))
        let allows = call.byte(at: 24) != 0
        let end = first &+ count
        guard end > first, end <= 0x1_0000 else { throw .invalidArgument }
        let range = UInt64(first)...UInt64(end - 1)
        guard try resources(of: caller.domain).ports.contains(range) else { throw .operationNotPermitted }
        let user = try resourceUser(domain)
        try deniedAsNotPermitted { () throws(XenErrorNumber) in
            try hooks.rangePermission(range, .ioPorts, user, allows: allows, caller)
        }
        try with(domain) { (state) throws(XenErrorNumber) in
            if allows { try state.resources.ports.insert(range) } else { try state.resources.ports.remove(range) }
        }
    }

    // MARK: Mappings

    /// How many bits the number of a page frame has (Xen: `paddr_bits - PAGE_SHIFT`).
    private static let frameBits: UInt64 = 46 - 12
    /// More page frames are not mapped at once, nor in all: who is hostile would have memory taken without end.
    private static let maximumMapping: UInt64 = 1 << 18

    func mapDeviceMemory(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (guest, first, count) = (call.word64(at: 16), call.word64(at: 24), call.word64(at: 32))
        let adds = call.word32(at: 40) != 0
        let last = first &+ count &- 1
        guard last >= first, (first | last) >> Self.frameBits == 0, guest &+ count &- 1 >= guest else { throw .invalidArgument }
        guard try resources(of: caller.domain).memory.contains(first...last),
            try resources(of: domain).memory.contains(first...last)
        else { throw .operationNotPermitted }
        let user = try resourceUser(domain)
        try hooks.rangePermission(first...last, .ioMemory, user, allows: adds, caller)
        try with(domain) { (state) throws(XenErrorNumber) in
            guard state.isHVM else { return }
            if adds {
                guard count <= Self.maximumMapping, UInt64(state.resources.mappedMemory.count) + count <= Self.maximumMapping
                else { throw .outOfMemory }
                for offset in 0..<count { state.resources.mappedMemory[guest + offset] = first + offset }
            } else {
                for (frame, target) in state.resources.mappedMemory
                where frame >= guest && frame - guest < count && target == first &+ (frame - guest) {
                    state.resources.mappedMemory[frame] = nil
                }
            }
        }
    }

    func mapPorts(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (guest, first, count) = (call.word32(at: 16), call.word32(at: 20), call.word32(at: 24))
        let adds = call.word32(at: 28) != 0
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }) else {
            console.log("ioport_map against non-HVM domain")
            throw .notSupported
        }
        let limit: UInt32 = 0x1_0000
        guard guest | first | (count &- 1) < limit, guest + count <= limit, first + count <= limit else {
            let words = [guest, first, count].map { String($0, radix: 16) }
            console.log("ioport_map:invalid:dom\(domain.number.rawValue) gport=\(words[0]) mport=\(words[1]) nr=\(words[2])")
            throw .invalidArgument
        }
        let range = UInt64(first)...UInt64(first + count - 1)
        guard try resources(of: caller.domain).ports.contains(range) else { throw .operationNotPermitted }
        try hooks.rangePermission(range, .ioPorts, resourceUser(domain), allows: adds, caller)
        try with(domain) { (state) throws(XenErrorNumber) in
            if adds {
                try state.resources.ports.insert(range)
            } else {
                try state.resources.ports.remove(range)
            }
        }
    }
}

extension DomainState {
    /// The machine's interrupt that a number of the domain's stands for, if the domain may use it (Xen, xen/include/xen/iocap.h:
    /// `pirq_access_permitted`).
    func permittedInterrupt(_ number: Int32) -> Int32? {
        // The first domain has the lines by their own numbers before anybody maps them.
        let line = domain.number.rawValue == 0 && number < InterruptTable.lines ? number : nil
        guard let interrupt = resources.mappedInterrupts[number] ?? line, interrupt > 0,
            resources.interrupts.contains(UInt64(interrupt))
        else { return nil }
        return interrupt
    }
}
