import Arguments
import Commands
import Flask
import PolicyAnalysis
import PolicyReports

/// The policy that a command line names, and how it is read and asked.
struct PolicyQuestion {
    private(set) var path: String?
    private(set) var input = InputOptions()
    /// Values that booleans are to have instead of the policy's.
    private(set) var booleans: [Boolean] = []

    mutating func set(_ option: PolicyOption, to value: String) throws(UsageError) {
        switch option {
        case .policy:
            guard path == nil else { throw UsageError(message: "there is more than one policy: `\(value)`") }
            path = value
        case .set:
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, ["on", "off", "true", "false", "1", "0"].contains(parts[1]) else {
                throw UsageError(message: "`--set` is `BOOLEAN=on` or `BOOLEAN=off`, not `\(value)`")
            }
            booleans.append(Boolean(name: Name(parts[0]), value: ["on", "true", "1"].contains(parts[1])))
        case .input(let option): try input.set(option, value)
        }
    }

    /// Nil where none is named.
    func policy() throws(CommandFailure) -> AnalysedPolicy? {
        guard let path else { return nil }
        do throws(InputFailure) {
            return try PolicyFile(path).policy(input)
        } catch {
            throw .policy(error)
        }
    }
}
