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

    /// One at a time makes a kind of it.
    private static let locks = ["standard": NSLock(), "mls": NSLock()]

    /// Its sources and its `policy.conf`, for who only reads them: they are made once, and kept beside the build until Debian has others.
    public static func shared(_ kind: String) throws -> URL {
        guard let lock = locks[kind] else { throw Failure(description: "nobody shares the reference policy of type \(kind)") }
        return try lock.withLock {
            let files = FileManager.default
            let attributes = try files.attributesOfItem(atPath: archive)
            let date = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            let folder = BuiltPackage.repository.appendingPathComponent(".build/selinux-policy", isDirectory: true)
            let made = folder.appendingPathComponent("\(kind)-\(Int(date))", isDirectory: true)
            if !files.fileExists(atPath: made.path) {
                let unfinished = folder.appendingPathComponent("\(kind)-\(UUID().uuidString)", isDirectory: true)
                try files.createDirectory(at: unfinished, withIntermediateDirectories: true)
                _ = try unpack(kind, making: ["conf", "policy.conf"], in: unfinished)
                try files.moveItem(at: unfinished, to: made)
            }
            return made.appendingPathComponent("selinux-policy-src")
        }
    }
}
