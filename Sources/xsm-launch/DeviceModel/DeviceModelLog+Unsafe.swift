import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

// SAFETY: bytes are passed to calls with their count, for the length of the call.

/// Where a device model of `run` says what it says: a pipe, of which no more is written to a file than ``BoundedLog`` keeps. The host's
/// memory, in which that file usually lies, is not the device model's to fill.
final class DeviceModelLog {
    /// The device model's end.
    let output: Int32
    private let input: Int32
    private let file: Int32
    private var kept = BoundedLog()
    /// How much was written where the file does not say it: it may be no file.
    private var written = 0

    /// The file stays the caller's.
    init(to file: Int32) throws(CommandFailure) {
        var ends: [Int32] = [-1, -1]
        let result = unsafe sandbox_pipe(&ends)
        guard result == 0 else { throw CommandFailure("there is no pipe for the device model's log: \(FileError(path: "", number: -result).reason)") }
        (input, output, self.file) = (ends[0], ends[1], file)
    }

    deinit {
        close(input)
        close(output)
    }

    var watched: WatchedDescriptor {
        WatchedDescriptor(input) { self.take() ? .goOn : .forget }
    }

    /// Takes what there is; false when there will be no more. Nobody has the device model's launcher do nothing else by it: who has said
    /// too much waits.
    @discardableResult
    func take() -> Bool {
        if kept.isFull { usleep(2_000) }
        return takeOnce()
    }

    /// Takes all that was said by who has ended: a pipe holds no more than this many times.
    func finish() {
        for _ in 0..<64 where sandbox_await(input, 0, 0) == 1 {
            guard takeOnce() else { return }
        }
    }

    private func takeOnce() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(input, &bytes, bytes.count)
        guard count > 0 else { return count < 0 && errno == EINTR }
        let end = Int(lseek(file, 0, SEEK_END))
        for change in kept.take(Array(bytes[..<count]), size: end < 0 ? written : end) { write(change) }
        return true
    }

    private func write(_ change: BoundedLog.Change) {
        switch change {
        case .append(let bytes):
            written += bytes.count
            // A full disk takes nothing, and that is all.
            try? Files.write(bytes, to: file)
        case .restart(let start, let bytes):
            // What cannot be cut, since it is no file, is not written to any more.
            guard ftruncate(file, start) == 0, lseek(file, 0, SEEK_END) >= 0 else { return }
            written = start + bytes.count
            try? Files.write(bytes, to: file)
        }
    }
}
