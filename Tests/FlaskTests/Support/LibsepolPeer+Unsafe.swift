#if canImport(Csepol)
import Csepol
import Flask
import Testing

// SAFETY: the peer is made, asked and closed by one test at a time (its suites are serialized), libsepol copies the
// contexts that it is given, and results are copied before it is asked again.

/// Debian's libsepol with one policy.
@safe final class LibsepolPeer {
    private let peer: UnsafeMutablePointer<sepol_peer>

    /// Nil when libsepol does not take the image.
    init?(_ image: [UInt8], subjectClass: UInt16 = 0, transition: UInt32 = 0) {
        guard let peer = unsafe image.withUnsafeBytes({ unsafe sepol_peer_open($0.baseAddress, $0.count) }) else { return nil }
        unsafe self.peer = unsafe peer
        if subjectClass != 0 { unsafe sepol_peer_set_subject(peer, subjectClass, transition) }
        choose()
    }

    deinit { unsafe sepol_peer_close(peer) }

    /// libsepol asks one policy at a time.
    func choose() { unsafe sepol_peer_choose(peer) }

    /// Forgets all contexts: what has a SID has it no longer.
    func forget() -> Bool { unsafe sepol_peer_forget(peer) == 0 }

    func set(_ booleans: [Bool]) -> Bool {
        for (index, value) in booleans.enumerated() { unsafe sepol_peer_set_boolean(peer, UInt32(index + 1), value ? 1 : 0) }
        return unsafe sepol_peer_evaluate(peer) == 0
    }

    /// The SID of a context, whether it is valid or not.
    func sid(of context: SecurityContext) -> UInt32 {
        var value = context_struct_t()
        value.user = context.user
        value.role = context.role
        value.type = context.type
        unsafe set(&value.range.level.0, context.range.low)
        unsafe set(&value.range.level.1, context.range.high)
        defer {
            unsafe ebitmap_destroy(&value.range.level.0.cat)
            unsafe ebitmap_destroy(&value.range.level.1.cat)
        }
        return unsafe sepol_peer_sid(peer, &value)
    }

    private func set(_ level: UnsafeMutablePointer<mls_level_t>, _ value: MLSLevel) {
        unsafe level.pointee.sens = value.sensitivity
        for category in value.categories { unsafe ebitmap_set_bit(&level.pointee.cat, UInt32(category), 1) }
    }

    /// Nil for a class that it does not know.
    func accessDecision(_ source: UInt32, _ target: UInt32, _ objectClass: UInt16) -> AccessDecision? {
        var decision = sepol_av_decision()
        guard unsafe sepol_compute_av(source, target, objectClass, .max, &decision) == 0 else { return nil }
        return AccessDecision(allowed: decision.allowed, auditAllow: decision.auditallow, auditDeny: decision.auditdeny)
    }

    /// Nil where libsepol finds that the new context is not valid.
    func newContext(
        _ purpose: LoadedPolicy.NewContext, _ source: UInt32, _ target: UInt32, _ objectClass: UInt16
    ) -> SecurityContext? {
        var sid: UInt32 = 0
        let result =
            switch purpose {
            case .transition: unsafe sepol_transition_sid(source, target, objectClass, &sid)
            case .member: unsafe sepol_member_sid(source, target, objectClass, &sid)
            case .change: unsafe sepol_change_sid(source, target, objectClass, &sid)
            }
        guard result == 0, let found = unsafe sepol_peer_context(peer, sid) else { return nil }
        let context = unsafe found.pointee
        return SecurityContext(
            user: context.user, role: context.role, type: context.type,
            range: MLSRange(low: unsafe level(context.range.level.0), high: unsafe level(context.range.level.1)))
    }

    private func level(_ level: mls_level_t) -> MLSLevel {
        // Its words are ours: bit by bit they were half of what comparing took.
        var words: [Bitmap.Word] = []
        var node = unsafe level.cat.node
        while let current = unsafe node {
            let word = unsafe current.pointee
            unsafe words.append(Bitmap.Word(start: word.startbit, bits: word.map))
            unsafe node = unsafe word.next
        }
        guard let categories = Bitmap(words: words) else {
            Issue.record("a set of libsepol's has an empty word, or words out of order")
            return MLSLevel()
        }
        return MLSLevel(sensitivity: unsafe level.sens, categories: categories)
    }

    /// Nil for a class that it does not know.
    func allowsTransition(_ old: UInt32, _ new: UInt32, _ process: UInt32, _ objectClass: UInt16) -> Bool {
        var reason: UnsafeMutablePointer<CChar>?
        defer { unsafe free(reason) }
        return unsafe sepol_validate_transition_reason_buffer(old, new, process, objectClass, &reason, 0) == 0
    }
}
#endif
