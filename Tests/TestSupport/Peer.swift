internal import Foundation
public import Testing

/// What a test needs of its machine: programs that ours are compared with, their libraries, root.
public enum Peer {
    /// Says what is not there and what was therefore not tried. That is a warning, and a failure where everything must be tried (with `CI` set):
    /// no test is left out silently.
    public static func missing(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let mustBeThere = ProcessInfo.processInfo.environment["CI"] != nil
        Issue.record("MISSING: \(message)", severity: mustBeThere ? .error : .warning, sourceLocation: sourceLocation)
    }
}
