/// A language in which a policy can be written.
public enum PolicyLanguage: String, Sendable, CaseIterable {
    /// checkpolicy's, a policy.conf.
    case conf
    /// SELinux's Common Intermediate Language.
    case cil
}
