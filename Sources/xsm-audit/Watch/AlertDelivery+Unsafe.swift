import CLinux
import Files
import Glibc

// SAFETY: the door is given words that end in zero and a list of them that ends in nothing, both alive for the length of the call, and bytes with their count.

/// Brings alerts where somebody wants them: to a command, to the system's log, to an address.
///
/// Nobody waits for them. So many run at once, so many wait, and what is beyond is counted and told.
struct AlertDelivery {
    static let runningLimit = 4
    static let waitingLimit = 256

    var command: String?
    var usesSystemLog = false
    var address: String?
    private var running = 0
    private var waiting: [(arguments: [String], input: [UInt8])] = []
    private var lost = 0

    /// Whether somebody still runs or waits.
    var isBusy: Bool { running > 0 || !waiting.isEmpty }

    init() {}

    mutating func deliver(line: String, json: [UInt8]) {
        if usesSystemLog { unsafe linux_log("xsm-audit", line) }
        if let command { start(["/bin/sh", "-c", command], json) }
        if let address {
            start(["/usr/bin/curl", "--silent", "--show-error", "--fail", "--max-time", "10", "--proto", "=http,https", "--header", "Content-Type: application/json", "--data-binary", "@-", "--output", "/dev/null", "--", address], json)
        }
    }

    private mutating func start(_ arguments: [String], _ input: [UInt8]) {
        guard waiting.count < Self.waitingLimit else {
            lost += 1
            return
        }
        waiting.append((arguments, input))
        proceed()
    }

    /// Looks who has ended, and starts who waits.
    mutating func proceed() {
        var status: Int32 = 0
        while unsafe linux_ended_child(&status) > 0 {
            running -= 1
            if status != 0 { tell("warning: an alert was not delivered: its command ended with \(status >> 8 & 0xff)\(status & 0x7f == 0 ? "" : ", by signal \(status & 0x7f)")\n", STDERR_FILENO) }
        }
        while running < Self.runningLimit, !waiting.isEmpty {
            let (arguments, input) = waiting.removeFirst()
            var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
            defer { unsafe words.forEach { unsafe free($0) } }
            let result = unsafe linux_start(arguments[0], &words, input, input.count)
            if result > 0 {
                running += 1
            } else {
                tell("warning: an alert was not delivered: `\(arguments[0])` cannot be run: \(FileError(path: arguments[0], number: -result).reason)\n", STDERR_FILENO)
            }
        }
        if lost > 0, waiting.count < Self.waitingLimit {
            tell("warning: \(lost) alerts were not delivered: their commands are too slow\n", STDERR_FILENO)
            lost = 0
        }
    }
}
