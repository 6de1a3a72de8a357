/// What a command has found: how it ends, and what it says on the standard output.
struct CommandAnswer {
    let status: ExitStatus
    let bytes: [UInt8]

    init(_ status: ExitStatus, _ bytes: [UInt8]) {
        self.status = status
        self.bytes = bytes
    }

    init(_ status: ExitStatus, _ report: some Report, _ format: TextFormat) {
        self.init(status, report.bytes(format))
    }
}
