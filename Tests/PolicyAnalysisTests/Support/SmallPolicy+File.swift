import Foundation
import TestSupport

extension SmallPolicy {
    /// Hands on the path of a file that holds the policy, and is gone afterwards.
    static func withFile(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("small.conf").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try body(path)
    }
}
