/// What a command has found: how it ends, and what it says on the standard output.
public struct CommandAnswer: Sendable {
    public let status: ExitStatus
    public let bytes: [UInt8]

    public init(_ status: ExitStatus, _ bytes: [UInt8]) {
        self.status = status
        self.bytes = bytes
    }

    public init(_ status: ExitStatus, _ report: some Report, _ format: TextFormat) {
        self.init(status, report.bytes(format))
    }
}
