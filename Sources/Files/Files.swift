import Glibc

/// Files of the machine, as the tools read and write them.
public enum Files {
    /// Input beyond this is refused: no policy or log of that size is sane.
    public static let maximumSize = 1 << 28

    /// What a file of the kernel's says, or another small one, as text; nil when it cannot be read.
    public static func text(of path: String) -> String? {
        guard let bytes = try? contents(of: path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The whole of a file; nil when it does not exist or is a directory.
    public static func contents(of path: String) throws(FileError) -> [UInt8]? {
        let descriptor: Int32
        do {
            descriptor = try openForReading(path)
        } catch {
            if error.number == ENOENT || error.number == ENOTDIR { return nil }
            throw error
        }
        defer { close(descriptor) }
        guard let status = status(of: descriptor) else { throw FileError(path: path, number: EIO) }
        if status.isDirectory { return nil }
        guard status.size <= maximumSize else { throw FileError(path: path, number: EFBIG) }
        return try readAll(descriptor, path: path, expecting: status.isRegular ? status.size : 0)
    }

    /// Everything on the standard input.
    public static func standardInput() throws(FileError) -> [UInt8] {
        try readAll(STDIN_FILENO, path: "<stdin>", expecting: 0)
    }

    /// The names in a directory, in byte order; nil when it is none.
    public static func entries(of directory: String) -> [String]? {
        names(in: directory)
    }

    public static func exists(_ path: String) -> Bool {
        identity(of: path) != nil
    }

    public static func isDirectory(_ path: String) -> Bool {
        status(of: path)?.isDirectory ?? false
    }

    /// How many bytes a file has now; nil when there is none.
    public static func size(of path: String) -> Int? {
        status(of: path)?.size
    }

    /// The last bytes of a file, no more than `count` and none of those before `start`.
    public static func end(of path: String, since start: Int = 0, atMost count: Int) throws(FileError) -> [UInt8] {
        var file = try OpenFile(path)
        let size = size(of: path) ?? 0
        guard size > start else { return [] }
        try file.skip(to: max(start, size - count))
        return try file.read(count)
    }

    /// Whether two names are those of one regular file. Where neither exists, it is the one that writing would make.
    public static func areOne(_ first: String, _ second: String) -> Bool {
        areOne(first, second, identity(of: second))
    }

    /// The first of the names that is one with `path`, which is looked up once.
    public static func first(of names: [String], thatIs path: String) -> String? {
        let place = identity(of: path)
        return names.first { areOne($0, path, place) }
    }

    private static func areOne(
        _ first: String, _ second: String, _ place: (device: dev_t, inode: ino_t, isRegular: Bool)?
    ) -> Bool {
        switch (identity(of: first), place) {
        case (let a?, let b?): return a.isRegular && a.device == b.device && a.inode == b.inode
        case (nil, nil): break
        default: return false
        }
        let (a, b) = (split(first), split(second))
        guard a.name == b.name else { return false }
        guard let one = identity(of: a.directory), let other = identity(of: b.directory) else { return first == second }
        return one.device == other.device && one.inode == other.inode
    }

    private static func split(_ path: String) -> (directory: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
        let name = path[path.index(after: slash)...]
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }

    /// Writes a file so that it is there as a whole or not at all: beside its place, then renamed; when `isKept`, on the disk too before it has
    /// that place. What is not a regular file is written as it is. A new file has the mode that is given, less what the process's mask takes.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o666, isKept: Bool = false) throws(FileError) {
        let old = status(of: path)
        if let old, !old.isRegular {
            if old.isDirectory { throw FileError(path: path, number: EISDIR) }
            let descriptor = try openForWriting(path)
            defer { close(descriptor) }
            try writeAll(bytes, to: descriptor, path: path)
            return
        }
        // A link stays a link: what it names is replaced.
        let place = old == nil ? path : resolved(path) ?? path
        do throws(FileError) {
            // Whoever ends this meanwhile (Ctrl-C) finds the old file or the new one, and nothing beside it.
            try withoutSignals { () throws(FileError) in
                let temporary = try makeTemporary(beside: place)
                do throws(FileError) {
                    try fill(temporary.descriptor, bytes, path: path, mode: old?.mode, of: mode, isKept: isKept)
                    try replace(place, with: temporary.name)
                } catch {
                    remove(temporary.name)
                    throw error
                }
            }
        } catch {
            // The name that the user gave.
            throw FileError(path: path, number: error.number)
        }
    }

    private static func fill(
        _ descriptor: Int32, _ bytes: [UInt8], path: String, mode: mode_t?, of newMode: mode_t, isKept: Bool
    ) throws(FileError) {
        do throws(FileError) {
            try writeAll(bytes, to: descriptor, path: path)
            let mask = umask(0)
            umask(mask)
            guard fchmod(descriptor, mode ?? newMode & ~mask) == 0, !isKept || fsync(descriptor) == 0 else { throw FileError(path: path, number: errno) }
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw FileError(path: path, number: errno) }
    }

    /// Writes to an open descriptor, such as the standard output's.
    public static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
        try writeAll(bytes, to: descriptor, path: descriptor == STDOUT_FILENO ? "<stdout>" : "<stderr>")
    }

    /// Whether messages may have colour: the descriptor is a terminal and `NO_COLOR` is not set.
    public static func mayUseColour(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }
}
