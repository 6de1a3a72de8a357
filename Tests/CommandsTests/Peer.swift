import Foundation
import Testing

/// Programs that what tools tell of themselves is tried with.
enum Peer {
    /// Says that one is not there; a defect where it is to be.
    static func missing(_ what: String) {
        let isCI = ProcessInfo.processInfo.environment["CI"] != nil
        Issue.record("\(what) is not there: scripts/setup test installs it", severity: isCI ? .error : .warning)
    }
}
