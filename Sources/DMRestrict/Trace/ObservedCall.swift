/// A system call that a program made, as its filter saw it.
public struct ObservedCall: Hashable, Sendable {
    public let architecture: UInt32
    public let number: UInt32
    /// All six; none where only the kernel's log tells of the call.
    public let arguments: [UInt64]?

    public init(architecture: UInt32 = FilterEvaluation.x86_64, number: UInt32, arguments: [UInt64]?) {
        self.architecture = architecture
        self.number = number
        self.arguments = arguments
    }
}
