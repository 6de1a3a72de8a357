/// A system call at which a program does something else than a profile says.
public struct FilterDifference: Hashable, Sendable {
    public let number: UInt32
    public let architecture: UInt32
    public let arguments: [UInt64]
    public let wanted: FilterAction
    public let found: FilterAction

    /// Its name, where it has one.
    public var name: String? {
        architecture == FilterEvaluation.x86_64 ? SystemCalls.name(of: Int(number)) : nil
    }
}
