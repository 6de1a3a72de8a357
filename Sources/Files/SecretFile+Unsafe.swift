import Glibc

// SAFETY: the path is a string that lives for the length of the call; the status is written to a value of ours of its type.

/// A file that holds what is secret, and that nobody else can read.
public struct SecretFile: Sendable {
    public let bytes: [UInt8]

    /// Why it is not used: what is wrong and what to do about it. Nothing that the file holds is in it.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public let path: String
        public let detail: String

        public init(path: String, detail: String) {
            self.path = path
            self.detail = detail
        }

        public var description: String { "`\(path)`: \(detail)" }
    }

    /// Reads a file of this process's user or of root's that is read and written by nobody but its owner, and read by its group where root owns it. Throws
    /// ``Failure`` for another, and for one that is longer than the limit.
    public init(_ path: String, limit: Int) throws(Failure) {
        func failed(_ number: Int32) -> Failure { Failure(path: path, detail: FileError(path: path, number: number).reason) }
        // Not waiting: it may be a pipe.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failed(errno) }
        defer { close(descriptor) }
        // Of the open file, so that nobody exchanges it between the looks.
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failed(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(path: path, detail: "is no regular file") }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw Failure(path: path, detail: "belongs to another user: give it to root or to the user that runs this")
        }
        guard status.st_mode & (status.st_uid == 0 ? 0o037 : 0o077) == 0 else {
            throw Failure(path: path, detail: "can be read or written by others: `chmod 600` it, and change what is secret in it")
        }
        guard status.st_size <= limit else { throw Failure(path: path, detail: "is longer than \(limit) bytes") }
        do throws(FileError) {
            bytes = try readAll(descriptor, path: path, expecting: Int(status.st_size))
        } catch {
            throw failed(error.number)
        }
    }
}
