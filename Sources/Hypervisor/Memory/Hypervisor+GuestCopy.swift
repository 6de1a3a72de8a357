import Flask
import Synchronization

extension Hypervisor {
    /// Reads a domain's memory at an address of the guest's, across frames. Throws `ESRCH`, and `EFAULT` where there is none.
    func readGuest(_ domain: Domain, _ count: Int, at address: UInt64) throws(XenErrorNumber) -> [UInt8] {
        var bytes: [UInt8] = []
        try inPages(domain, count, at: address) { (page, offset, count) throws(XenErrorNumber) in
            guard let part = page.memory.read(count, at: offset) else { throw .badAddress }
            bytes += part
        }
        return bytes
    }

    /// Writes to a domain's memory at an address of the guest's, across frames; what comes before a hole is written. Throws
    /// `ESRCH`, and `EFAULT` where there is none or it may not be written to.
    func writeGuest(_ domain: Domain, _ bytes: [UInt8], at address: UInt64) throws(XenErrorNumber) {
        var done = 0
        try inPages(domain, bytes.count, at: address) { (page, offset, count) throws(XenErrorNumber) in
            guard page.isWritable, page.memory.write(Array(bytes[done..<done + count]), at: offset) else { throw .badAddress }
            let frame = (address + UInt64(done)) / 4_096
            try with(domain) { (state) throws(XenErrorNumber) in state.memory.noteWrite(frame) }
            done += count
        }
    }

    private func inPages(
        _ domain: Domain, _ count: Int, at address: UInt64,
        _ body: (GuestPage, _ offset: Int, _ count: Int) throws(XenErrorNumber) -> Void
    ) throws(XenErrorNumber) {
        guard count >= 0, address <= UInt64.max - UInt64(count) else { throw .badAddress }
        var done = 0
        while done < count {
            let here = address + UInt64(done)
            let inside = Int(here % 4_096)
            let part = min(count - done, 4_096 - inside)
            let page: GuestPage
            do throws(XenErrorNumber) {
                page = try machine.withLock { (machine) throws(XenErrorNumber) in try machine.lookUp(here / 4_096, of: domain) }
            } catch {
                throw error == .noSuchDomain ? error : .badAddress
            }
            try body(page, page.offset + inside, part)
            done += part
        }
    }
}
