import Glibc

// SAFETY: the path is copied and the structure filled before the call returns.

/// Which file a path is, and which state of it.
struct FileIdentity {
    /// Device, number, size, and when it was changed: another state of it has others.
    let bytes: [UInt8]
    /// Whether somebody else than this process's user could have written it.
    let isOthersToWrite: Bool

    /// Nil when there is none.
    init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        let words = [
            UInt64(status.st_dev), UInt64(status.st_ino), UInt64(bitPattern: Int64(status.st_size)),
            UInt64(bitPattern: Int64(status.st_mtim.tv_sec)), UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)),
        ]
        bytes = words.flatMap(\.littleEndianBytes)
        isOthersToWrite = status.st_uid != geteuid() || status.st_mode & 0o022 != 0
    }
}
