import Synchronization

extension SecurityServer {
    /// The booleans and their values, by number; none without a policy.
    public var booleans: [Boolean] {
        guard let policy = state.withLock({ $0.policy }) else { return [] }
        return zip(policy.policy.booleans, policy.booleans).map { Boolean(name: $0.name, value: $1) }
    }

    /// Sets all booleans at once, by number (Xen, xen/xsm/flask/ss/services.c: `security_set_bools`).
    ///
    /// Throws ``SecurityServerError/booleanCount(_:expected:)`` (`EFAULT`) when there are more or fewer values.
    public func setBooleans(_ values: [Bool]) throws(SecurityServerError) {
        let expected = changes.withLock { _ -> Int? in
            guard let policy = state.withLock({ $0.policy }) else { return values.isEmpty ? nil : 0 }
            guard let changed = policy.setting(values) else { return policy.booleans.count }
            state.withLock { state in
                state.policy = changed
                state.sequenceNumber += 1
                beginEpoch()
            }
            notify()
            console(FlaskMessage(committedBooleans: zip(policy.policy.booleans.map(\.name), values).map { ($0, $1) }))
            return nil
        }
        if let expected { throw .booleanCount(values.count, expected: expected) }
    }
}
