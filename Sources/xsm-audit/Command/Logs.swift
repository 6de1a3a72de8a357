import Arguments
import AuditLog
import AuditStore
import Commands
import Files
import Flask
import Glibc
import LogFiles

/// The logs that a command line names, and how they are read.
final class Logs {
    var paths: [String] = []
    private var namesPath: String?
    /// What is asked in place of logs, and of what in it.
    private var store: String?
    private var credentials: String?
    private var filter = DenialFilter()
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
        var isStore = false
    }

    func set(_ option: LogOption, _ value: String) throws(UsageError) {
        switch option {
        case .names: namesPath = value
        case .zone: zoneOffset = try LogOption.offset(value)
        }
    }

    var hasStore: Bool { store != nil }

    func set(_ option: StoreOption, _ value: String) throws(UsageError) {
        switch option {
        case .store: store = value
        case .credentials: credentials = value
        case .host: filter.host = Array(value.utf8)
        case .from: filter.dates = try time(option, value).lowerBound...(filter.dates?.upperBound ?? .max)
        case .to: filter.dates = (filter.dates?.lowerBound ?? .min)...(try time(option, value).upperBound)
        }
    }

    private func time(_ option: StoreOption, _ value: String) throws(UsageError) -> ClosedRange<Int64> {
        guard let stretch = LogTime.stretch(named: Array(value.utf8)) else {
            throw UsageError(message: "`--\(option.name)` is a time like `2026-11-20` or `2026-11-20T18:15`, not `\(value)`")
        }
        let range = stretch.start...stretch.start + stretch.length - 1
        let other = filter.dates
        guard option == .from ? range.lowerBound <= other?.upperBound ?? .max : range.upperBound >= other?.lowerBound ?? .min else {
            throw UsageError(message: "`--to` is before `--from`")
        }
        return range
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
    func tally() throws(CommandFailure) -> (tally: DenialTally, summaries: [Summary]) {
        if let store { return try tally(of: store) }
        guard filter == DenialFilter(), credentials == nil else {
            throw .usage(UsageError(message: "`--host`, `--from`, `--to` and `--credentials` are about a store: name it with `--store`"))
        }
        var tally = DenialTally()
        var summaries: [Summary] = []
        for path in paths {
            tally.beginLog()
            summaries.append(read(path, into: &tally))
        }
        return (tally, summaries)
    }

    /// Counts what a store keeps.
    private func tally(of path: String) throws(CommandFailure) -> (tally: DenialTally, summaries: [Summary]) {
        guard paths.isEmpty else { throw .usage(UsageError(message: "`--store` is in place of logs, and there is `\(paths[0])`: `xsm-audit ingest` adds it to a store")) }
        let store = WorstCoverage(try StoreLocation.open(path, credentials: credentials))
        do throws(StoreError) {
            let tally = try DenialTally(store, filter)
            var counts = LogCounts()
            counts.decisions = tally.decisions
            counts.granted = tally.all.reduce(0) { $0 &+ ($1.record.verdict == .granted ? $1.count : 0) }
            let boots = try store.totals(filter).boots
            if store.coverage.isPartial {
                tell("warning: partial: \(store.coverage.missing) of \(store.coverage.parts) servers did not answer; counts are too small\n", STDERR_FILENO)
            }
            let release = tally.notices.lazy.filter { $0.kind == .start }.compactMap { XenRelease(banner: $0.text.span) }.first
            return (tally, [Summary(path: path, counts: counts, release: release, boots: boots, failure: nil, isStore: true)])
        } catch {
            throw .store(error)
        }
    }

    /// What their lines do not say.
    var options: LogReaderOptions { LogReaderOptions(latest: Self.latest, zoneOffset: zoneOffset) }

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
            CommandFailure.log(error).report()
        }
    }

    /// Reads one of them.
    func read(_ path: String, into sink: inout some LogSink) -> Summary {
        var reader = LogReader(options)
        var failure: LogFileFailure?
        var progress = ProgressLine()
        var count = 0
        do throws(LogFileFailure) {
            var file = try LogFile(path)
            while true {
                let bytes = try file.next()
                if bytes.isEmpty { break }
                reader.read(bytes.span, into: &sink)
                count += bytes.count
                progress.say("`\(path)`: \(count / 1_048_576) MiB, \(reader.counts.decisions) decisions")
            }
            progress.end()
        } catch {
            progress.end()
            failure = error
            failures.append(error)
            CommandFailure.log(error).report()
        }
        reader.finish(into: &sink)
        return Summary(path: path, counts: reader.counts, release: reader.release, boots: reader.boot, failure: failure)
    }

    /// A day from now, in microseconds since 1970: clocks differ.
    static var latest: Int64 { (Int64(Glibc.time(nil)) + 86_400) * 1_000_000 }
}
