import CSandbox
import Files
import Glibc

// SAFETY: the path is copied before the call returns.

/// Files that are not there yet.
enum NewFile {
    /// Writes one, and fails where there is something of that name, be it a link to nothing.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        let descriptor = unsafe sandbox_create_file(path, 0o644)
        guard descriptor >= 0 else {
            throw CommandFailure("`\(path)` is not written: \(FileError(path: path, number: -descriptor).reason)")
        }
        defer { close(descriptor) }
        do throws(FileError) {
            try Files.write(bytes, to: descriptor)
        } catch {
            throw CommandFailure("`\(path)` is not whole: \(FileError(path: path, number: error.number).reason)")
        }
    }
}
