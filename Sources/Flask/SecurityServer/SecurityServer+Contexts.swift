import Synchronization

extension SecurityServer {
    /// The number of the context that a text means, which may end with one zero byte (Xen, xen/xsm/flask/ss/services.c:
    /// `security_context_to_sid`). Without a policy the names of initial SIDs are contexts, and everything else is `xen`.
    ///
    /// Throws ``SecurityServerError/context(_:)`` (`EINVAL`) and ``SecurityServerError/tooManyContexts`` (`ENOMEM`).
    public func identifier(of text: [UInt8]) throws(SecurityServerError) -> SecurityIdentifier {
        while true {
            let (policy, sequenceNumber) = state.withLock { ($0.policy, $0.sequenceNumber) }
            guard let policy else { return initialIdentifier(named: text) }
            let context: SecurityContext
            do {
                context = try policy.context(text)
            } catch {
                throw .context(error)
            }
            if let sid = try identify(context, under: sequenceNumber) { return sid }
        }
    }

    /// The number of a context of the policy with a sequence number; nil when another one holds by now.
    func identify(
        _ context: SecurityContext, under sequenceNumber: UInt32
    ) throws(SecurityServerError) -> SecurityIdentifier? {
        let sid = state.withLock { state -> SecurityIdentifier?? in
            state.sequenceNumber == sequenceNumber ? .some(state.sids.identify(context)) : nil
        }
        guard let sid else { return nil }
        guard let sid else { throw .tooManyContexts }
        return sid
    }

    /// As in Xen, the last name of the table is not looked at.
    private func initialIdentifier(named text: [UInt8]) -> SecurityIdentifier {
        let name = text.prefix { $0 != 0 }
        let index = vocabulary.initialSIDs.dropLast().firstIndex { name.elementsEqual($0.utf8) }
        return index.map { SecurityIdentifier(rawValue: UInt32($0 + 1)) } ?? initialSIDs.xen
    }

    /// The text of a number's context, without a zero byte (Xen, xen/xsm/flask/ss/services.c: `security_sid_to_context`).
    /// A number without a context has that of unlabelled things. Without a policy it is the initial SID's name.
    ///
    /// Throws ``SecurityServerError/unknownIdentifier(_:)`` (`EINVAL`) where there is none.
    public func text(of sid: SecurityIdentifier) throws(SecurityServerError) -> [UInt8] {
        let (policy, context) = state.withLock { ($0.policy, $0.sids.context(of: sid)) }
        guard let policy else {
            // Xen calls number 0 "null", and behind its table there is nothing.
            guard sid != .null else { return Array("null".utf8) }
            guard sid.rawValue <= vocabulary.initialSIDs.count else {
                console(FlaskMessage(unknownBeforePolicy: sid))
                throw .unknownIdentifier(sid)
            }
            return Array(vocabulary.initialSIDs[Int(sid.rawValue) - 1].utf8)
        }
        guard let context else { throw unrecognized(sid, .text) }
        do {
            return try policy.text(of: context)
        } catch {
            throw .decision(error)
        }
    }
}
