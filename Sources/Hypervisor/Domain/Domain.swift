import Flask
import Synchronization
import Threading

/// A domain as one that acts and is acted upon: its number, which never changes, and its labels. What it has is in the
/// ``Machine``.
///
/// A hook is given domains, not numbers: a number may stand for another domain by the time that the answer is there.
final class Domain: Sendable {
    let number: DomainIdentifier
    /// Whether it controls the machine, for modules that know no other difference (Xen: `is_control_domain`).
    let isControl: Bool
    /// Whether it serves XenStore.
    let isXenStore: Bool
    private let state: Lock<(labels: DomainLabels, target: Domain?)>

    /// A domain with a label, and another one for itself if it has one.
    init(
        number: DomainIdentifier, label: SecurityIdentifier, own: SecurityIdentifier? = nil, isControl: Bool = false,
        isXenStore: Bool = false
    ) {
        self.number = number
        self.isControl = isControl
        self.isXenStore = isXenStore
        state = Lock(
            (DomainLabels(domain: number, identifier: label, selfIdentifier: own ?? label, targetIdentifier: .null), nil))
    }

    /// The domain as one that acts.
    var label: SecurityIdentifier { labels.identifier }

    var labels: DomainLabels {
        get { state.withLock { $0.labels } }
        set { state.withLock { $0.labels = newValue } }
    }

    /// The domain that it serves as a device model, if it serves one.
    var target: Domain? { state.withLock { $0.target } }

    /// Makes it serve a domain, which it sees under a label of its own from now on.
    func serve(_ target: Domain, as label: SecurityIdentifier?) {
        state.withLock { state in
            state.target = target
            guard let label else { return }
            let old = state.labels
            state.labels = DomainLabels(
                domain: old.domain, identifier: old.identifier, selfIdentifier: old.selfIdentifier, targetIdentifier: label,
                served: target.label)
        }
    }

    /// Under which label another domain stands before this one (Xen, xen/xsm/flask/hooks.c: `domain_target_sid`).
    func label(of other: Domain) -> SecurityIdentifier {
        if other === self { return labels.selfIdentifier }
        return state.withLock { $0.target === other ? $0.labels.targetIdentifier : nil } ?? other.label
    }
}
