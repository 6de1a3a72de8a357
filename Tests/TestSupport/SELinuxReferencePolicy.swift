public import Foundation

/// SELinux's reference policy from Debian's selinux-policy-src: the largest policy that there is to compare with.
public enum SELinuxReferencePolicy {
    private static let archive = "/usr/src/selinux-policy-src.tar.zst"

    public static var isThere: Bool { FileManager.default.fileExists(atPath: archive) }

    /// Why it cannot be made.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Unpacks it into a folder, sets its type (`standard`, `mcs`, `mls`), and makes goals of its monolithic build. What
    /// comes is the folder of its sources.
    public static func unpack(_ kind: String, making goals: [String], in folder: URL) throws -> URL {
        let making = goals.map { "make -s \($0) MONOLITHIC=y QUIET=y" }.joined(separator: " && ")
        let script = """
            tar --zstd -xf \(archive) && cd selinux-policy-src &&
            sed -i 's/^TYPE = .*/TYPE = \(kind)/' build.conf && \(making)
            """
        let made = try ProcessResult.run(URL(fileURLWithPath: "/bin/sh"), ["-c", script], in: folder)
        guard made.status == 0 else { throw Failure(description: "the reference policy cannot be made: \(made.text.suffix(2_000))") }
        return folder.appendingPathComponent("selinux-policy-src")
    }
}
