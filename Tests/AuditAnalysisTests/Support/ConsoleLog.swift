import AuditLog
import Flask
import Foundation
import TestSupport

/// Logs of a hypervisor's console, counted as the tool counts them.
enum ConsoleLog {
    static func tally(_ text: String) -> DenialTally { tally(Array(text.utf8)) }

    static func tally(_ bytes: [UInt8]) -> DenialTally {
        var (reader, tally) = (LogReader(), DenialTally())
        reader.read(bytes.span, into: &tally)
        reader.finish(into: &tally)
        return tally
    }

    /// A capture of a real Xen's console.
    static func capture(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: BuiltPackage.repository.appendingPathComponent("Tests/Corpus/console/\(name).txt")))
    }

    /// The decisions of a capture that name a permission.
    static func cells(_ name: String, _ permission: Name) throws -> [DenialCell] {
        tally(try capture(name)).all.filter { $0.record.permissions.contains(permission) }
    }

    /// The one decision of a line, as Xen 4.17 prints it.
    static func cell(_ line: String) -> DenialCell? { tally("(XEN) \(line)\n").all.first }
}
