import Flask

extension DomainState {
    /// Restricts a frame in a view, or all that nobody says anything else of (Xen, xen/arch/x86/mm/mem_access.c:
    /// `p2m_set_mem_access`). Throws `EINVAL` for no such view or access, `ESRCH` for a hole.
    mutating func setAccess(_ access: UInt16, at frame: UInt64, view: UInt16) throws(XenErrorNumber) {
        try hvm.checkView(view)
        let access = try hvm.access(access, of: 0)
        // All frames: those of the first view, whatever view was named.
        guard frame != .max else { return hvm.defaultAccess = access }
        guard memory.type(of: frame).isMemory else { throw .noSuchDomain }
        if view == 0 { hvm.accesses[frame] = access } else { hvm.views[view]?.accesses[frame] = access }
    }

    /// Throws `EINVAL` for no such view, `ESRCH` for a hole.
    func access(at frame: UInt64, view: UInt16) throws(XenErrorNumber) -> UInt16 {
        if !hvm.hasAlternateViews, view != 0 { throw .invalidArgument }
        try hvm.checkView(view)
        guard frame != .max else { return hvm.views[view]?.defaultAccess ?? hvm.defaultAccess }
        guard memory.type(of: frame).isMemory else { throw .noSuchDomain }
        if let view = hvm.views[view] { return view.accesses[frame] ?? view.defaultAccess }
        return hvm.accesses[frame] ?? hvm.defaultAccess
    }

    /// Says whether the guest is told of violations at a frame. Throws as ``access(at:view:)``.
    mutating func setSuppression(_ isSuppressed: Bool, at frame: UInt64, view: UInt16) throws(XenErrorNumber) {
        try hvm.checkView(view)
        guard memory.type(of: frame).isMemory else { throw .noSuchDomain }
        var changed = hvm.views[view] ?? AlternateView(defaultAccess: hvm.defaultAccess)
        if isSuppressed { changed.told.remove(frame) } else { changed.told.insert(frame) }
        hvm.views[view] = changed
    }

    func isSuppressed(at frame: UInt64, view: UInt16) throws(XenErrorNumber) -> Bool {
        try hvm.checkView(view)
        guard memory.type(of: frame).isMemory else { throw .noSuchDomain }
        return hvm.views[view]?.told.contains(frame) != true
    }
}
