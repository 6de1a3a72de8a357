import Flask
import Synchronization

// What a debugger does to a domain (Xen, xen/arch/x86/gdbsx.c).

extension Hypervisor {
    /// `XEN_DOMCTL_gdbsx_guestmemio`: reads or writes memory of the guest's at an address of its own, as far as that is there. The
    /// structure is given back only when all was done. Throws `EFAULT` where it was not.
    ///
    /// Xen does not look whether the debugger's buffer was there; `isStrict` does.
    func debuggerMemory(
        _ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let (table, writes) = (call.word64(at: 16), call.byte(at: 44) != 0)
        var (place, buffer) = (call.word64(at: 24), call.word64(at: 32))
        var left = UInt64(call.word32(at: 40))
        while left > 0 {
            let count = Int(min(left, 4_096 - place % 4_096))
            let here = place
            let bytes = writes ? caller.memory.read(count, at: buffer) : nil
            let read = try with(domain) { (state) throws(XenErrorNumber) -> [UInt8] in
                guard !state.isDying, let frame = state.frame(ofAddress: here, table: table),
                    let page = state.memory.lookUp(frame)
                else { throw .badAddress }
                let offset = page.offset + Int(here % 4_096)
                guard writes else { return page.memory.read(count, at: offset) ?? [] }
                guard page.isWritable || !state.isHVM else { throw .badAddress }
                if let bytes { _ = page.memory.write(bytes, at: offset) }
                state.memory.noteWrite(frame)
                return []
            }
            let isDone = writes ? bytes != nil : caller.memory.write(read, at: buffer)
            guard isDone || !hooks.isStrict else { throw .badAddress }
            place &+= UInt64(count)
            buffer &+= UInt64(count)
            left -= UInt64(count)
        }
        var answer = call
        answer.set(0 as UInt32, at: 48)
        try caller.memory.put(answer, at: address)
    }
}

extension DomainState {
    /// The frame behind an address of the guest's own; nil where there is none.
    ///
    /// A guest in hardware whose processor translates nothing yet, as none does that never ran, finds its memory at its own
    /// addresses. Of others, the page tables are walked that the first processor was given, or from a table of the second level on
    /// (Xen: `dbg_hvm_va2mfn`, `dbg_pv_va2mfn`).
    mutating func frame(ofAddress address: UInt64, table: UInt64) -> UInt64? {
        if isHVM {
            guard !isPaging, address / 4_096 < GuestMemory.endOfFrames else { return nil }
            _ = memory.populate(address / 4_096)
            return address / 4_096
        }
        var root = table
        if table == 0 {
            guard let context = processors.first?.context else { return nil }
            root = ABIStructure(context).word64(at: Self.tableOffset)
        }
        var frame = root >> 12 & Self.frameMask
        var level: UInt64 = table == 0 ? 4 : 2
        while level > 0 {
            guard let found = self.entry(of: address, level: level, in: frame) else { return nil }
            // A large page is nobody's here.
            guard level == 1 || found & 1 << 7 == 0 else { return nil }
            frame = found >> 12 & Self.frameMask
            level -= 1
        }
        return frame
    }

    private static let frameMask: UInt64 = (1 << 40) - 1
    /// Where `struct vcpu_guest_context` has the root of the page tables; the record of a processor, and where it says that
    /// addresses are translated (Xen, xen/include/public/arch-x86/hvm/save.h: `struct hvm_hw_cpu`).
    private static let tableOffset = 4_984 + 3 * 8
    private static let recordType: UInt16 = 2
    private static let controlRegisterOffset = 656

    /// An entry of a table; nil when it is not present, or the table is not there.
    private func entry(of address: UInt64, level: UInt64, in frame: UInt64) -> UInt64? {
        guard let page = memory.lookUp(frame) else { return nil }
        let index = Int(address >> (12 + 9 * (level - 1)) & 511)
        guard let entry = page.memory.load64(at: page.offset + index * 8), entry & 1 == 1 else { return nil }
        return entry
    }

    /// Whether the first processor translates addresses.
    private var isPaging: Bool {
        guard let record = control.hardware.first(where: { $0.type == Self.recordType && $0.instance == 0 }),
            record.data.count >= Self.controlRegisterOffset + 8
        else { return false }
        return ABIStructure(record.data).word64(at: Self.controlRegisterOffset) >> 31 & 1 == 1
    }
}
