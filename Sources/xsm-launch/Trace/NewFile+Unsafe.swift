import CSandbox
import Commands
import Files
import Glibc

// SAFETY: the path is copied before the call returns.

/// Files that are not there yet.
enum NewFile {
    /// Makes one, to be written, and fails where there is something of that name, be it a link to nothing.
    static func open(_ path: String, mode: UInt32 = 0o600) throws(CommandFailure) -> Int32 {
        let descriptor = unsafe sandbox_create_file(path, mode)
        guard descriptor >= 0 else {
            throw CommandFailure("`\(path)` is not written: \(FileError(path: path, number: -descriptor).reason)")
        }
        return descriptor
    }

    /// Writes one.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        let descriptor = try open(path, mode: 0o644)
        defer { close(descriptor) }
        do throws(FileError) {
            try Files.write(bytes, to: descriptor)
        } catch {
            throw CommandFailure("`\(path)` is not whole: \(FileError(path: path, number: error.number).reason)")
        }
    }
}
