import Arguments
import AuditLog
import Files
import Flask
import Glibc
import LogFiles

/// The logs that a command line names, and how they are read.
final class Logs {
    var paths: [String] = []
    private var namesPath: String?
    private var zoneOffset: Int64 = 0
    /// What could not be read; the rest is answered for.
    private(set) var failures: [LogFileFailure] = []

    /// What was read of one of them.
    struct Summary {
        let path: String
        let counts: LogCounts
        /// The release that its last hypervisor said to be.
        let release: XenRelease?
        /// How many hypervisors started in it, behind its first line.
        let boots: Int
        let failure: LogFileFailure?
    }

    func set(_ option: LogOption, _ value: String) throws(UsageError) {
        switch option {
        case .names: namesPath = value
        case .zone: zoneOffset = try LogOption.offset(value)
        }
    }

    /// What domains are called, where that was given.
    func names() throws(CommandFailure) -> DomainNames {
        guard let namesPath else { return DomainNames() }
        do throws(FileError) {
            guard let bytes = try namesPath == "-" ? Files.standardInput() : Files.contents(of: namesPath) else {
                throw FileError(path: namesPath, number: ENOENT)
            }
            return DomainNames(bytes)
        } catch {
            throw .file(error)
        }
    }

    /// Counts what all of them say. What cannot be read is said on the standard error, and what was read of it counts.
    func tally() -> (tally: DenialTally, summaries: [Summary]) {
        var tally = DenialTally()
        var summaries: [Summary] = []
        for path in paths {
            tally.beginLog()
            summaries.append(read(path, into: &tally))
        }
        return (tally, summaries)
    }

    /// What their lines do not say.
    var options: LogReaderOptions { LogReaderOptions(latest: Self.now, zoneOffset: zoneOffset) }

    /// Hands over what is in one of them, piece by piece, until it is told to stop.
    func read(_ path: String, _ body: ([UInt8]) -> Bool) {
        do throws(LogFileFailure) {
            var file = try LogFile(path)
            while true {
                let bytes = try file.next()
                guard !bytes.isEmpty, body(bytes) else { return }
            }
        } catch {
            failures.append(error)
            tell("error: \(error.message)\n", STDERR_FILENO)
        }
    }

    /// Reads one of them.
    func read(_ path: String, into sink: inout some LogSink) -> Summary {
        var reader = LogReader(options)
        var failure: LogFileFailure?
        do throws(LogFileFailure) {
            var file = try LogFile(path)
            while true {
                let bytes = try file.next()
                if bytes.isEmpty { break }
                reader.read(bytes.span, into: &sink)
            }
        } catch {
            failure = error
            failures.append(error)
            tell("error: \(error.message)\n", STDERR_FILENO)
        }
        reader.finish(into: &sink)
        return Summary(path: path, counts: reader.counts, release: reader.release, boots: reader.boot, failure: failure)
    }

    /// A day from now, in microseconds since 1970: clocks differ.
    private static var now: Int64 { (Int64(time(nil)) + 86_400) * 1_000_000 }
}
