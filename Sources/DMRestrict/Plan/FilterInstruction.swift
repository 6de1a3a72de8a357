/// An instruction of a seccomp filter (Linux, include/uapi/linux/filter.h: `struct sock_filter`).
public struct FilterInstruction: Hashable, Sendable {
    public let code: UInt16
    /// How many instructions to skip, where a comparison holds and where not.
    public let ifTrue: UInt8
    public let ifFalse: UInt8
    public let operand: UInt32

    public init(code: UInt16, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0, operand: UInt32) {
        self.code = code
        self.ifTrue = ifTrue
        self.ifFalse = ifFalse
        self.operand = operand
    }
}
