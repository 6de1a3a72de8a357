import Files
import Foundation
import LogFiles
import TestSupport
import Testing

@Suite("Logs are read from files, plain and compressed, and what is missing is said")
struct LogFileTests {
    private static func read(_ path: String) -> (bytes: [UInt8], failure: LogFileFailure?) {
        var bytes: [UInt8] = []
        do throws(LogFileFailure) {
            var file = try LogFile(path)
            while true {
                let piece = try file.next()
                if piece.isEmpty { return (bytes, nil) }
                bytes += piece
            }
        } catch {
            return (bytes, error)
        }
    }

    /// Bytes that are compressed well and badly, by turns.
    private static func bytes(_ random: inout SplitMix64, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 / 10_000 % 2 == 0 ? UInt8(random.below(256)) : UInt8(ascii: "a") }
    }

    private static func compressed(_ program: String, _ bytes: [UInt8], in folder: URL) throws -> [UInt8] {
        let path = folder.appendingPathComponent("plain")
        try Data(bytes).write(to: path)
        let tool = try #require(BuiltPackage.executable(URL(fileURLWithPath: program)), "\(program) is not installed: run scripts/setup test")
        return try ProcessResult.run(tool, ["-q", "-c", path.path], collecting: .standard).output
    }

    @Test("What gzip and zstd have compressed is what it was, in several pieces too; cut or damaged, as much as there is and the reason", arguments: ["/bin/gzip", "/usr/bin/zstd"])
    func compressed(program: String) throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: 7)
        let path = folder.url.appendingPathComponent("log").path
        for count in [0, 1, 3, 40_000, 700_000] {
            let plain = Self.bytes(&random, count)
            let packed = try Self.compressed(program, plain, in: folder.url)
            try Data(packed).write(to: URL(fileURLWithPath: path))
            #expect(Self.read(path) == (plain, nil))
            try Data(packed + packed).write(to: URL(fileURLWithPath: path))
            #expect(Self.read(path) == (plain + plain, nil))
            guard count > 3 else { continue }
            for cut in [5, packed.count / 2, packed.count - 1] {
                try Data(packed.prefix(cut)).write(to: URL(fileURLWithPath: path))
                let found = Self.read(path)
                #expect(plain.starts(with: found.bytes) && found.failure == .truncated(path: path), "cut at \(cut) of \(packed.count)")
            }
            var damaged = packed
            for place in packed.count / 2..<min(packed.count, packed.count / 2 + 40) { damaged[place] ^= 0x5a }
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            let found = Self.read(path)
            #expect(found.failure == .corrupt(path: path), "\(String(describing: found.failure))")
        }
    }

    @Test("Plain files are read whole, whatever they begin with; what is none is said")
    func plain() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: 8)
        let path = folder.url.appendingPathComponent("log").path
        for bytes in [[], [0x1f], [0x28, 0xb5, 0x2f], Self.bytes(&random, 600_000)] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(Self.read(path) == (bytes, nil))
        }
        #expect(Self.read(path + ".missing").failure == .missing(path: path + ".missing"))
        #expect(Self.read(folder.url.path).failure == .unreadable(path: folder.url.path, reason: "is a directory"))
    }

    @Test("A file that grows has more; one that is cut or replaced says so")
    func growing() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("log")
        try Data("one\n".utf8).write(to: url)
        var file = try LogFile(url.path)
        var (found, changes): ([[UInt8]], [Bool]) = ([], [])
        func note() throws {
            found.append(try file.next())
            changes.append(file.change() == .none)
        }
        try note()
        try note()
        let handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("two\n".utf8))
        try note()
        #expect(found == [Array("one\n".utf8), [], Array("two\n".utf8)] && changes == [true, true, true])
        try handle.truncate(atOffset: 0)
        let afterCut = file.change()
        #expect(afterCut == .cut)
        try FileManager.default.removeItem(at: url)
        let whileGone = file.change()
        try Data("new\n".utf8).write(to: url)
        let afterwards = file.change()
        #expect(whileGone == .none && afterwards == .replaced)
    }
}
