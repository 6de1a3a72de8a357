import Files
import Glibc

/// The file in which a store is kept.
enum StoreFile {
    /// The whole of a file.
    static func read(_ path: String) throws(XenStoreServerError) -> [UInt8] {
        do throws(FileError) {
            if let bytes = try Files.contents(of: path) { return bytes }
            throw FileError(path: path, number: Files.isDirectory(path) ? EISDIR : ENOENT)
        } catch {
            throw XenStoreServerError("cannot read `\(path)`", error.number)
        }
    }

    /// Writes a file so that it is there as a whole, on the disk too, or as it was. What guests keep in a store is nobody else's to read.
    static func write(_ bytes: [UInt8], _ path: String) throws(XenStoreServerError) {
        do throws(FileError) {
            try Files.write(bytes, to: path, mode: 0o600, isKept: true)
        } catch {
            throw XenStoreServerError("cannot write `\(path)`", error.number)
        }
    }
}
