internal import CLinux
internal import Foundation
internal import Glibc

/// Starts programs by `posix_spawn`, in a fraction of what Foundation's `Process` takes: that lists and closes each descriptor of this process one
/// by one, and a run of the tests has hundreds of them and starts ten thousand programs.
enum Spawning {
    struct Failure: Error, CustomStringConvertible {
        let program: String
        let number: Int32

        var description: String { unsafe "`\(program)` does not start: \(String(cString: strerror(number)))" }
    }

    /// Starts a program with three descriptors, which are its input, output and errors. Its process identifier.
    static func start(
        _ program: String, _ arguments: [String], in directory: String?, environment: [String: String]?, _ descriptors: [Int32]
    ) throws(Failure) -> pid_t {
        precondition(descriptors.count == 3)
        // SAFETY: the vectors end with nil and live, as their strings do, until those are freed at the end; nothing of them is kept.
        let words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        let variables = unsafe environment.map { unsafe $0.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil] }
        defer { for unsafe text in unsafe words + (variables ?? []) { unsafe free(text) } }
        // Whoever runs the tests may ignore signals that they send.
        let child = unsafe linux_spawn(program, words, variables, directory, descriptors, Int32(descriptors.count), true)
        guard child > 0 else { throw Failure(program: program, number: -child) }
        return child
    }

    /// A pipe that only whom it is given to gets.
    static func pipe() throws(Failure) -> (reading: FileHandle, writing: FileHandle) {
        var ends: [Int32] = [-1, -1]
        // SAFETY: there is room for the two descriptors that are written.
        let failure = unsafe linux_pipe(&ends)
        guard failure == 0 else { throw Failure(program: "a pipe", number: -failure) }
        return (FileHandle(fileDescriptor: ends[0], closeOnDealloc: true), FileHandle(fileDescriptor: ends[1], closeOnDealloc: true))
    }

    /// Waits for the end of a program.
    static func end(of child: pid_t) -> (status: Int32, wasKilled: Bool) {
        var status: Int32 = 0
        // SAFETY: a variable of this function is written.
        while unsafe waitpid(child, &status, 0) == -1, errno == EINTR {}
        // What `WTERMSIG` and `WEXITSTATUS` take out of it.
        let signal = status & 0x7f
        return signal == 0 ? ((status >> 8) & 0xff, false) : (signal, true)
    }
}
