internal import Files
internal import Glibc

// SAFETY: the path is a string that lives for the length of the call; the status is written to a value of ours of its type, and a buffer is given with its size.

extension Credentials {
    /// Reads them from a file that nobody else can read: of this process's user or of root, and read by nobody but its owner, and its group where root owns it.
    public init(path: String) throws(CredentialsFailure) {
        func failed(_ number: Int32) -> CredentialsFailure { CredentialsFailure(path: path, detail: FileError(path: path, number: number).reason) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failed(errno) }
        defer { close(descriptor) }
        // Of the open file, so that nobody exchanges it between the looks.
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failed(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw CredentialsFailure(path: path, detail: "is no regular file") }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw CredentialsFailure(path: path, detail: "belongs to another user: give it to root or to the user that runs this")
        }
        guard status.st_mode & (status.st_uid == 0 ? 0o037 : 0o077) == 0 else {
            throw CredentialsFailure(path: path, detail: "can be read or written by others: `chmod 600` it, and change what is secret in it")
        }
        var bytes = [UInt8](repeating: 0, count: Self.sizeLimit + 1)
        var length = 0
        while length < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress.map { unsafe $0 + length }, buffer.count - length)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failed(errno) }
            guard count > 0 else { break }
            length += count
        }
        guard length <= Self.sizeLimit else { throw CredentialsFailure(path: path, detail: "is longer than \(Self.sizeLimit) bytes, which no file of credentials is") }
        try self.init(text: Array(bytes.prefix(length)), path: path)
    }
}
