/// Why there is no filter of a profile.
public enum FilterFailure: Error, Hashable, Sendable {
    /// libseccomp did not take a rule, or the whole; with the system's error number.
    case refused(Int32, SystemCallRule?)
    /// What libseccomp made of several lines for one call does something else than they say. That of 2.5.4 does so where lines
    /// that overlap compare by order.
    case unfaithful(FilterDifference)
    /// It made what is no program.
    case malformed(FilterProgramMistake)
}
