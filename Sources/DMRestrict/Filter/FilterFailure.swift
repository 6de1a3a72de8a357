/// Why there is no filter of a profile.
public enum FilterFailure: Error, Hashable, Sendable {
    /// libseccomp did not take a rule, or the whole; with the system's error number.
    case refused(Int32, SystemCallRule?)
    /// A line compares by order or for being unequal, and another line allows the same call: libseccomp 2.5.4 makes programs of
    /// such lines that allow what neither does.
    case orderedAlternative(SystemCallRule)
    /// What libseccomp made of several lines for one call does something else than they say.
    case unfaithful(FilterDifference)
    /// It made what is no program.
    case malformed(FilterProgramMistake)
}
