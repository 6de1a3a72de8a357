/// A call that was made, and that no profile gets by that.
public struct RefusedForGood: Hashable, Sendable {
    public let phase: SystemCallProfile.Phase
    public let architecture: UInt32
    public let number: UInt32
    public let reason: String
    public let tally: CallTally

    /// Its name, or its number.
    public var name: String {
        let isNative = architecture == FilterEvaluation.x86_64 && number < FilterEvaluation.x32
        return (isNative ? SystemCalls.name(of: Int(number)) : nil)
            ?? "system call \(number)\(isNative ? "" : " of another architecture (\(String(architecture, radix: 16)))")"
    }
}
