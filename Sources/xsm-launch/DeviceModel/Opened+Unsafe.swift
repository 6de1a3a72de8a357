import CLinux
import CSandbox
import Commands
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
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(FileError) {
            try Files.write(Array(path.utf8), to: note(of: user))
        } catch {
            unsafe _ = rmdir(path)
            throw CommandFailure("cannot note which folder is the device model's only: \(error)")
        }
        return path
    }

    /// Where it is noted which folder a user has: among all that others keep in the same place it would be long looked for.
    private static func note(of user: UInt32) -> String { LaunchRegister.ofThisHost.folder + "/\(user).folder" }

    private static let folders = "/tmp"
    private static let folderPrefix = "xsm-launch-"

    /// The users who have a folder, or had one.
    static func usersOfFolders() -> [UInt32] {
        (Files.entries(of: LaunchRegister.ofThisHost.folder) ?? []).compactMap { name in
            name.hasSuffix(".folder") ? UInt32(name.dropLast(".folder".count)) : nil
        }
    }

    /// Removes the folder of a user, and what lies in it. Where it is anybody may make what he likes: only what is root's alone is one.
    static func removeFolder(of user: UInt32) {
        guard let bytes = try? Files.contents(of: note(of: user)) else { return }
        let path = String(decoding: bytes, as: UTF8.self)
        var status = stat()
        if path.hasPrefix("\(folders)/\(folderPrefix)\(user)-"), unsafe lstat(path, &status) == 0, status.st_mode == S_IFDIR | 0o700,
            status.st_uid == 0
        {
            for file in Files.entries(of: path) ?? [] { unsafe _ = unlink(path + "/" + file) }
            unsafe _ = rmdir(path)
        }
        Files.remove(note(of: user))
    }
}
