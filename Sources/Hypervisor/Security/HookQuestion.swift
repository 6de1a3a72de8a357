import Flask

/// What a hook asked of the policy, and what it was told.
struct HookQuestion: Hashable, Sendable {
    let source: SecurityIdentifier
    let target: SecurityIdentifier
    let objectClass: UInt16
    /// What was asked for, or of it what was refused.
    let permissions: UInt32
    let isGranted: Bool
}
