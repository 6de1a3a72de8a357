import Glibc

// SAFETY: everything here passes to the C library a string or a buffer that Swift keeps alive for the length of the
// call, and the length of that buffer; results that are counts are checked before they are used.

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}

/// Opens a file for reading and gives its descriptor.
func openForReading(_ path: String) throws(FileError) -> Int32 {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
    return descriptor
}

/// Opens a file for writing as it is: a device, a pipe.
func openForWriting(_ path: String) throws(FileError) -> Int32 {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC | O_CREAT, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
    return descriptor
}

extension Files {
    /// Opens a file that is written to at its end, and makes it if need be. The descriptor is the caller's.
    public static func openForAppending(_ path: String) throws(FileError) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        return descriptor
    }

    /// Makes a directory for its owner alone, unless it is there.
    public static func makeDirectory(_ path: String) throws(FileError) {
        guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw FileError(path: path, number: errno)
    }

    /// Removes a name, if it is there.
    public static func remove(_ path: String) { unsafe _ = unlink(path) }
}

/// Makes a new file beside `path`, and gives its name and descriptor.
func makeTemporary(beside path: String) throws(FileError) -> (name: String, descriptor: Int32) {
    var template = Array((path + ".XXXXXX").utf8CString)
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (name, descriptor)
}

/// The kind, permissions and size of a file.
typealias FileStatus = (isRegular: Bool, isDirectory: Bool, mode: mode_t, size: Int)

/// That of an open file.
func status(of descriptor: Int32) -> FileStatus? {
    var buffer = stat()
    return unsafe fstat(descriptor, &buffer) == 0 ? status(in: buffer) : nil
}

/// That of a file by its name; nil when there is none.
func status(of path: String) -> FileStatus? {
    var buffer = stat()
    return unsafe stat(path, &buffer) == 0 ? status(in: buffer) : nil
}

private func status(in buffer: stat) -> FileStatus {
    let kind = buffer.st_mode & S_IFMT
    return (kind == S_IFREG, kind == S_IFDIR, buffer.st_mode & 0o777, Int(buffer.st_size))
}

extension Files {
    /// Who owns a file, and who may do what with it; of a link he who made the link too, since he can make another. Nil when there is none.
    public static func owners(of path: String) -> (users: Set<UInt32>, mode: UInt32)? {
        var (link, file) = (stat(), stat())
        guard unsafe lstat(path, &link) == 0, unsafe stat(path, &file) == 0 else { return nil }
        return ([link.st_uid, file.st_uid], file.st_mode & 0o7777)
    }
}

/// What tells an existing file from all others; nil when there is none.
func identity(of path: String) -> (device: dev_t, inode: ino_t, isRegular: Bool)? {
    var buffer = stat()
    guard unsafe stat(path, &buffer) == 0 else { return nil }
    return (buffer.st_dev, buffer.st_ino, buffer.st_mode & S_IFMT == S_IFREG)
}

/// Reads everything up to the end of the file, in one piece when its size is known.
func readAll(_ descriptor: Int32, path: String, expecting size: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var capacity = size > 0 ? size + 1 : 1 << 14
    while true {
        let (piece, failure) = readPiece(descriptor, capacity)
        if failure != 0 { throw FileError(path: path, number: failure) }
        if bytes.isEmpty { bytes = piece } else { bytes.append(contentsOf: piece) }
        if piece.count < capacity { return bytes }
        // A device or a pipe that never ends.
        guard bytes.count <= Files.maximumSize else { throw FileError(path: path, number: EFBIG) }
        capacity = 1 << 20
    }
}

/// Reads until so many bytes are there or the file ends.
private func readPiece(_ descriptor: Int32, _ capacity: Int) -> (bytes: [UInt8], failure: Int32) {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        while count < capacity {
            let got = unsafe read(descriptor, buffer.baseAddress.map { unsafe $0 + count }, capacity - count)
            if got < 0, errno == EINTR { continue }
            if got < 0 { failure = errno }
            if got <= 0 { break }
            count += got
        }
    }
    return (bytes, failure)
}

/// Writes all bytes.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
        }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(path: path, number: errno)
        }
        written += count
    }
}

/// The names in a directory without `.` and `..`, in byte order; nil when it is none.
func names(in directory: String) -> [String]? {
    guard let stream = unsafe opendir(directory.isEmpty ? "." : directory) else { return nil }
    defer { unsafe _ = closedir(stream) }
    var result: [String] = []
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { result.append(name) }
    }
    return result.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
}

extension Files {
    /// The name of a file that is there, from the root and without links; nil where there is none.
    public static func resolved(_ path: String) -> String? {
        guard let name = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(name) }
        return unsafe String(cString: name)
    }

    /// The value of an environment variable. Nobody may change the environment meanwhile.
    public static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

/// Puts a file in the place of another.
func replace(_ path: String, with temporary: String) throws(FileError) {
    guard unsafe rename(temporary, path) == 0 else { throw FileError(path: path, number: errno) }
}
