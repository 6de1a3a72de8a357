import Synchronization

extension SecurityServer {
    /// The number of the context of an object: an interrupt, a port, a page frame, a PCI device. Those that were given
    /// none have the one of their kind (Xen, xen/xsm/flask/ss/services.c: `security_irq_sid` and others).
    ///
    /// Throws ``SecurityServerError/tooManyContexts`` (`ENOMEM`).
    public func identifier(of object: UInt64, _ kind: ObjectKind) throws(SecurityServerError) -> SecurityIdentifier {
        let sid = state.withLock { state -> SecurityIdentifier? in
            guard let place = state.objects.place(of: object, kind) else { return initialSIDs.default(of: kind) }
            return state.identify(\.[kind, place])
        }
        guard let sid else { throw .tooManyContexts }
        return sid
    }

    /// The number of the context of a node of the device tree, by its full path.
    ///
    /// Throws ``SecurityServerError/tooManyContexts`` (`ENOMEM`).
    public func identifier(ofDeviceTreeNode path: [UInt8]) throws(SecurityServerError) -> SecurityIdentifier {
        let sid = state.withLock { state -> SecurityIdentifier? in
            guard let place = state.objects.place(ofNode: path) else { return initialSIDs.deviceTreeNode }
            return state.identify(\.[node: place])
        }
        guard let sid else { throw .tooManyContexts }
        return sid
    }

    /// The stretches of a range of ports or page frames that have one context each, ascending (Xen,
    /// xen/xsm/flask/ss/services.c: `security_iterate_iomem_sids`).
    ///
    /// Throws ``SecurityServerError/tooManyContexts`` (`ENOMEM`).
    public func identifiers(
        of range: ClosedRange<UInt64>, _ kind: ObjectKind
    ) throws(SecurityServerError) -> [(range: ClosedRange<UInt64>, sid: SecurityIdentifier)] {
        let stretches = state.withLock { state -> [(range: ClosedRange<UInt64>, sid: SecurityIdentifier)]? in
            var stretches: [(range: ClosedRange<UInt64>, sid: SecurityIdentifier)] = []
            var start = range.lowerBound
            // As in Xen entries are taken for ascending; one that is not, or that is empty, is passed over.
            for (place, entry) in state.objects.entries(kind).enumerated()
            where entry.high >= start && entry.low <= range.upperBound && entry.low <= entry.high {
                guard let sid = state.identify(\.[kind, place]) else { return nil }
                if start < entry.low {
                    stretches.append((start...entry.low - 1, initialSIDs.default(of: kind)))
                    start = entry.low
                }
                guard range.upperBound > entry.high else {
                    stretches.append((start...range.upperBound, sid))
                    return stretches
                }
                stretches.append((start...entry.high, sid))
                start = entry.high + 1
            }
            stretches.append((start...range.upperBound, initialSIDs.default(of: kind)))
            return stretches
        }
        guard let stretches else { throw .tooManyContexts }
        return stretches
    }

    /// Gives a range of objects the context of a number, until the next policy is loaded (Xen,
    /// xen/xsm/flask/ss/services.c: `security_ocontext_add`). As in Xen the number need not have a context.
    ///
    /// Throws ``SecurityServerError/overlap(_:)`` (`EEXIST`) when one of them has another already, and
    /// ``SecurityServerError/invalidObject`` (`EINVAL`) for a range of interrupts or devices.
    public func addObjectContext(
        _ kind: ObjectKind, _ range: ClosedRange<UInt64>, _ sid: SecurityIdentifier
    ) throws(SecurityServerError) {
        do {
            try change { (state: inout State) throws(SecurityServerError) in try state.objects.add(kind, range, sid) }
        } catch {
            if let message = FlaskMessage(error, adding: kind) { console(message) }
            throw error
        }
    }

    /// Takes the context of exactly these objects away.
    ///
    /// Throws ``SecurityServerError/unknownObject`` (`ENOENT`) when no entry is about them.
    public func removeObjectContext(_ kind: ObjectKind, _ range: ClosedRange<UInt64>) throws(SecurityServerError) {
        do {
            try change { (state: inout State) throws(SecurityServerError) in try state.objects.remove(kind, range) }
        } catch {
            console(FlaskMessage(notFound: kind, range))
            throw error
        }
    }

    /// Gives a node of the device tree the context of a number, or takes it away with nil.
    ///
    /// Throws ``SecurityServerError/overlap(_:)`` (`EEXIST`) when it has one already, and
    /// ``SecurityServerError/unknownObject`` (`ENOENT`) when there is none to take.
    public func setDeviceTreeNode(_ path: [UInt8], _ sid: SecurityIdentifier?) throws(SecurityServerError) {
        try change { (state: inout State) throws(SecurityServerError) in try state.objects.setNode(path, sid) }
    }

    private func change(
        _ body: (inout State) throws(SecurityServerError) -> Void
    ) throws(SecurityServerError) {
        try state.withLock { (state) throws(SecurityServerError) in try body(&state) }
    }
}

extension SecurityServer.State {
    /// The number of an entry's context, which it gets now if nobody asked before; nil when there are too many.
    fileprivate mutating func identify(
        _ label: WritableKeyPath<ObjectContextTable, ObjectContextTable.Label>
    ) -> SecurityIdentifier? {
        switch objects[keyPath: label] {
        case .identifier(let sid): return sid
        case .context(let context):
            guard let sid = sids.identify(context) else { return nil }
            objects[keyPath: label] = .identifier(sid)
            return sid
        }
    }
}
