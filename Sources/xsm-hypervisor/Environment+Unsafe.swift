import CLinux
import Glibc

// SAFETY: this runs while the process has one thread, so that nobody else reads or changes the environment; strings that are
// passed on are Swift's, alive for the length of the call, and those of the last call stay as long as the process.

/// The process's environment, and how another program takes its place.
enum Environment {
    static func set(_ name: String, _ value: String) { unsafe setenv(name, value, 1) }

    /// Runs another program in this one's place, which inherits the first three descriptors and one more. The error number, when
    /// it cannot.
    static func execute(_ words: [String], keeping descriptor: Int32?) -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        return unsafe -linux_execute(&pointers, descriptor ?? -1)
    }
}
