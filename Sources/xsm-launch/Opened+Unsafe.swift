import CLinux
import CSandbox
import DMRestrict
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
        case .passed(let number): (number, "\(number)")
        }
    }

    /// A socket that anybody may connect to who sees it.
    static func listen(at path: String) -> Int32 { unsafe linux_listen(path, 0, 0o666) }

    static func relay(_ process: LaunchedProcess, from listener: Int32, to path: String) {
        unsafe _ = sandbox_relay_until_end(process.descriptor, listener, path, 8)
    }

    /// A folder of one's own for what lies in a device model's tree.
    static func makeFolder() -> String? {
        var template = Array("/tmp/xsm-launch-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil, unsafe chmod(template, 0o755) == 0 else { return nil }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func remove(folder: String, file: String) {
        unsafe _ = unlink(file)
        unsafe _ = rmdir(folder)
    }
}
