internal import CLinux
internal import Files
internal import Glibc

// SAFETY: the door is given words that end in zero and a list of them that ends in nothing, and bytes with their count, alive for the length of the call; it
// fills a list of two descriptors, which are then ours alone. What is read goes into a buffer of our own of the size that is told.

/// A program that was run to its end with bytes to read, what it said and how it ended. Nobody waits for it for longer than is said, and no more is kept of it.
struct ProgramRun {
    enum End: Hashable {
        case status(Int32)
        case signal(Int32)
        /// It said more than was allowed, or took longer, and was ended.
        case tooMuch, tooLong
        /// Somebody else in this process waited for it.
        case unknown
    }

    private static let errorLimit = 1 << 12

    private(set) var output: [UInt8] = []
    /// The beginning of its standard error and the end: what is between is left out.
    private(set) var errors: [UInt8] = []
    private(set) var end = End.unknown

    /// Runs it, with `input` on its standard input and `more` on its descriptor 3.
    init(_ program: String, _ arguments: [String], input: [UInt8], more: [UInt8], outputLimit: Int, seconds: Int) throws(FileError) {
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var descriptors: [Int32] = [-1, -1]
        let child = unsafe linux_start_between(program, &words, input, input.count, more, more.count, &descriptors)
        guard child > 0 else { throw FileError(path: program, number: -child) }
        let deadline = linux_nanoseconds() &+ UInt64(min(max(seconds, 1), 1 << 20)) * 1_000_000_000
        var stop = readAll(descriptors, outputLimit, deadline)
        for descriptor in descriptors { close(descriptor) }
        var status: Int32 = 0
        while stop == nil {
            let ended = unsafe waitpid(child, &status, WNOHANG)
            if ended == child || ended < 0 && errno != EINTR {
                end = ended < 0 ? .unknown : status & 0x7F == 0 ? .status(status >> 8 & 0xFF) : .signal(status & 0x7F)
                return
            }
            if linux_nanoseconds() >= deadline { stop = .tooLong } else { usleep(1_000) }
        }
        kill(child, SIGKILL)
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        end = stop ?? .unknown
    }

    /// Reads both pipes until they end; why it stopped where they did not.
    private mutating func readAll(_ descriptors: [Int32], _ outputLimit: Int, _ deadline: UInt64) -> End? {
        var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while waiting.contains(where: { $0.fd >= 0 }) {
            let now = linux_nanoseconds()
            guard now < deadline else { return .tooLong }
            let ready = unsafe poll(&waiting, nfds_t(waiting.count), Int32(clamping: (deadline - now) / 1_000_000 + 1))
            if ready < 0, errno != EINTR { return .unknown }
            guard ready > 0 else { continue }
            for index in waiting.indices where waiting[index].revents != 0 {
                let count = unsafe read(waiting[index].fd, &buffer, buffer.count)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else {
                    waiting[index].fd = -1
                    continue
                }
                let piece = buffer.prefix(min(count, buffer.count))
                if index == 1 {
                    keep(error: piece)
                } else {
                    guard output.count + piece.count <= outputLimit else { return .tooMuch }
                    output += piece
                }
            }
        }
        return nil
    }

    private mutating func keep(error piece: ArraySlice<UInt8>) {
        errors += piece
        let surplus = errors.count - Self.errorLimit
        if surplus > 0 { errors.removeSubrange(Self.errorLimit / 2..<Self.errorLimit / 2 + surplus) }
    }
}
