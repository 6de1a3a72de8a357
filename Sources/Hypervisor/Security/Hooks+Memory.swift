import Flask

// `memory_op`, `mmu_update` and its like (Xen, xen/xsm/flask/hooks.c: `flask_memory_adjust_reservation` and those beside it,
// `flask_add_to_physmap`, `flask_mem_sharing_op`, `flask_mmu_update`).

extension Hooks {
    func adjustReservation(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__adjust, caller, on: domain, default: .target)
    }

    func statReservation(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__stat, caller, on: domain, default: .target)
    }

    func exchangeMemory(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__exchange, caller, on: domain, default: .target)
    }

    func pinPage(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__pinpage, caller, on: domain, default: .everybody)
    }

    func claimPages(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain2__setclaim, caller, on: domain, default: .control)
    }

    func getVirtualNUMA(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain2__get_vnumainfo, caller, on: domain, default: .target)
    }

    func getOnDemandTarget(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain__getpodtarget, caller, on: domain, default: .control)
    }

    func setOnDemandTarget(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain__setpodtarget, caller, on: domain, default: .control)
    }

    /// May frames be put into a domain's map?
    func addToPhysmap(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__physmap, caller, on: domain, default: .target)
    }

    func removeFromPhysmap(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__physmap, caller, on: domain, default: .target)
    }

    /// May a domain have another one's frames in its map?
    func mapForeignFrame(of owner: Domain, into domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try askBoth(.mmu__map_read, .mmu__map_write, caller, by: domain, on: owner, default: .target)
    }

    func machineMemoryMap(_ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__memorymap, caller)
    }

    func memoryMap(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__memorymap, caller, on: domain, default: .target)
    }

    func memoryAccess(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain2__mem_access, caller, on: domain, default: .deviceModel)
    }

    func memoryPaging(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain2__mem_paging, caller, on: domain, default: .deviceModel)
    }

    func memorySharing(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain2__mem_sharing, caller, on: domain, default: .deviceModel)
    }

    /// May a domain's pages be shared with another's?
    func shareMemory(of source: Domain, with client: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard flask != nil else { return try settle(.deviceModel, caller.domain, client) }
        try ask(.hvm__mem_sharing, caller, on: client, default: .deviceModel)
        try ask(.hvm__share_mem, caller, by: source, on: client, default: .deviceModel)
    }

    /// May the caller map what serves a domain, such as an ioreq server's pages?
    func mapResource(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain2__resource_map, caller, on: domain, default: .deviceModel)
    }

    // MARK: Page tables

    /// What a change of a page table, or of the machine-to-physical table, is about.
    struct MMUUpdate: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let read = MMUUpdate(rawValue: 1 << 0)
        static let write = MMUUpdate(rawValue: 1 << 1)
        static let machineToPhysical = MMUUpdate(rawValue: 1 << 2)
        /// A page table is changed, whatever is written to it: of itself it needs nothing.
        static let pageTable = MMUUpdate(rawValue: 1 << 3)
    }

    /// May the caller change a page table of a domain, or none, so that it maps a page of another? `isNobody` says that the page
    /// is a device's.
    func updateMMU(
        table: Domain?, page owner: Domain, isNobody: Bool, _ update: MMUUpdate, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard let flask else {
            if !isNobody { try settle(.target, caller.domain, owner) }
            if let table { try settle(.target, caller.domain, table) }
            return
        }
        if let table, table !== caller.domain { try ask(.mmu__remote_remap, caller, on: table, default: .target) }
        var permissions: [HookPermission] = []
        if update.contains(.read) { permissions.append(.mmu__map_read) }
        if update.contains(.write) { permissions.append(.mmu__map_write) }
        if update.contains(.machineToPhysical) { permissions.append(.mmu__updatemp) }
        let bits = permissions.compactMap { flask.bits($0) }
        guard let objectClass = bits.first?.objectClass else { return }
        try flask.ask(
            caller.domain.label, caller.domain.label(of: owner), objectClass, bits.reduce(0) { $0 | $1.permission }, caller,
            AuditSubject(source: caller.domain.number, target: owner.number, current: caller.domain.number))
    }

    func extendedMMU(_ owner: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__mmuext_op, caller, on: owner, default: .target)
    }

    /// May the caller map a page of a domain with an entry like this? One that is not present maps nothing.
    func updateMapping(_ owner: Domain, isPresent: Bool, isWritable: Bool, _ caller: Caller) throws(XenErrorNumber) {
        guard flask != nil else { return try settle(.target, caller.domain, owner) }
        guard isPresent else { return }
        if isWritable {
            try askBoth(.mmu__map_read, .mmu__map_write, caller, on: owner, default: .target)
        } else {
            try ask(.mmu__map_read, caller, on: owner, default: .target)
        }
    }

    /// May a page be mapped as a domain's that is really its target's?
    func privilegedMapping(_ owner: Domain, really real: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.mmu__target_hack, caller, by: owner, on: real, default: .target)
    }
}
