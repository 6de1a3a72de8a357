import CLinux
import CSandbox
import DMRestrict
import Files
import Glibc

// SAFETY: paths are passed to calls that copy them before they return.

/// What is opened for a device model before it is restricted.
enum Opened {
    /// The descriptor, or the error number with its sign turned.
    static func open(_ opening: DeviceModelCommandLine.Opening) -> (result: Int32, path: String) {
        switch opening {
        case .listener(let path): (unsafe linux_listen(path, 0, 0o600), path)
        case .output(let path): (unsafe sandbox_open(path, 2), path)
        case .image(let path, let isWritable): (unsafe sandbox_open(path, isWritable ? 1 : 0), path)
        case .tap(let name, let bridge): (unsafe sandbox_open_tap(name, bridge), name)
        case .passed(let number): (number, "\(number)")
        }
    }

    /// Nobody connects any more to what was listened at.
    static func removeListeners(_ openings: some Sequence<DeviceModelCommandLine.Opening>) {
        for case .listener(let path) in openings { Files.remove(path) }
    }

    /// A socket that anybody may connect to who sees it.
    static func listen(at path: String) -> Int32 { unsafe linux_listen(path, 0, 0o666) }

    /// A folder for what lies in a user's device model's tree, into which nobody else comes: there it is by its own mount.
    static func makeFolder(for user: UInt32) throws(CommandFailure) -> String {
        var template = Array("\(folders)/\(folderPrefix)\(user)-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw CommandFailure("cannot make a folder in `\(folders)` for what is the device model's only: \(FileError(path: "", number: errno).reason)")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static let folders = "/tmp"
    private static let folderPrefix = "xsm-launch-"

    /// The folders that there are, each with its user. Where anybody makes what he likes, only what is root's alone is one.
    static func madeFolders() -> [(user: UInt32, path: String)] {
        (Files.entries(of: folders) ?? []).compactMap { name in
            guard name.hasPrefix(folderPrefix) else { return nil }
            let parts = name.dropFirst(folderPrefix.count).split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let user = UInt32(parts[0]) else { return nil }
            let path = folders + "/" + name
            var status = stat()
            guard unsafe lstat(path, &status) == 0, status.st_mode == S_IFDIR | 0o700, status.st_uid == 0 else { return nil }
            return (user, path)
        }
    }

    static func remove(folder: String) {
        for file in Files.entries(of: folder) ?? [] { unsafe _ = unlink(folder + "/" + file) }
        unsafe _ = rmdir(folder)
    }
}
