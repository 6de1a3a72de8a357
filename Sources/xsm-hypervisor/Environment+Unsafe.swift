import CLinux
import Glibc

// SAFETY: this runs while the process has one thread, so that nobody else reads or changes the environment; strings that are
// passed on are Swift's, alive for the length of the call, and those of the last call stay as long as the process.

/// The process's environment, and how another program takes its place.
enum Environment {
    static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
    }

    static func set(_ name: String, _ value: String) { unsafe setenv(name, value, 1) }

    /// Where this program lies; nil when that is not known.
    static func ownPath() -> String? {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = unsafe linux_own_path(&path, path.count)
        guard count > 0 else { return nil }
        return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A path that leads to the same from anywhere; the path itself where nothing is there.
    static func absolute(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Runs another program in this one's place, which inherits the first three descriptors and one more. The error number, when
    /// it cannot.
    static func execute(_ words: [String], keeping descriptor: Int32?) -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        return unsafe -linux_execute(&pointers, descriptor ?? -1)
    }
}
