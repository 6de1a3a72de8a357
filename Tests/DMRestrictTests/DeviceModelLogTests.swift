import DMRestrict
import Foundation
import TestSupport
import Testing

/// A device model says what it likes, and of that the first and the last is kept.
@Suite struct DeviceModelLogTests {
    private static let most = BoundedLog.first + 2 * BoundedLog.last + 100

    /// A file that all changes are made to.
    private struct LogFile {
        var bytes: [UInt8] = []

        mutating func make(_ changes: [BoundedLog.Change]) {
            for change in changes {
                switch change {
                case .append(let more): bytes += more
                case .restart(let start, let more): bytes = bytes[..<start] + more
                }
            }
        }
    }

    @Test func theFirstAndTheLastIsKeptAndWhatIsLeftOutIsCounted() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let (first, last) = (2_000, 130)
        for longest in [400, 10, 5_000] {
            var (log, file, said) = (BoundedLog(first: first, last: last), LogFile(), [UInt8]())
            while said.count < first + 1_000 {
                let words = (0..<Int.random(in: 1...longest, using: &random)).map { _ in UInt8.random(in: 97...122, using: &random) }
                said += words
                file.make(log.take(words, size: file.bytes.count))
                try #require(file.bytes.count <= first + 2 * last + 100, "seed \(seed)")
                try #require(file.bytes.prefix(first) == said.prefix(first), "seed \(seed)")
                let recent = min(last, max(0, said.count - first))
                try #require(file.bytes.suffix(recent) == said.suffix(recent), "seed \(seed)")
                #expect(log.isFull == (said.count > first))
                // Nothing is left out unsaid.
                let text = String(decoding: file.bytes[min(file.bytes.count, first)...], as: UTF8.self)
                guard let note = text.firstMatch(of: /\nxsm-launch: here ([0-9]+) bytes are left out\n/) else {
                    try #require(file.bytes == said, "seed \(seed)")
                    continue
                }
                let count = try #require(Int(note.1))
                try #require(count == said.count - (file.bytes.count - note.0.utf8.count), "seed \(seed)")
            }
        }
    }

    /// What its launcher itself writes to the file counts, and stays as long as it is among the first.
    @Test func othersMayWriteToTheFile() {
        var (log, file) = (BoundedLog(), LogFile())
        file.bytes = Array("hello".utf8)
        for _ in 0..<40 {
            file.make(log.take([UInt8](repeating: 120, count: 60_000), size: file.bytes.count))
            file.bytes += Array("!".utf8)
        }
        #expect(file.bytes.starts(with: Array("hello".utf8)) && file.bytes.count <= Self.most + 40)
    }

    private static let program = BuiltPackage.repository.appendingPathComponent(".build/talker")

    /// One that says five megabytes before it ends.
    @Test func aDeviceModelDoesNotFillTheHostsMemoryByItsLog() throws {
        let source = """
            #include <string.h>
            #include <unistd.h>
            int main(void)
            {
                char line[64];
                memset(line, 'x', sizeof(line));
                line[63] = '\\n';
                if (write(1, "its first words\\n", 16) != 16)
                    return 4;
                for (int count = 0; count < 80000; count++)
                    if (write(1 + count % 2, line, sizeof(line)) != sizeof(line))
                        return 5;
                return write(2, "its last words\\n", 15) == 15 ? 3 : 6;
            }
            """
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("talker.c")
        try Data(source.utf8).write(to: file)
        let result = try ProcessResult.run(URL(fileURLWithPath: "/usr/bin/cc"), ["-O1", "-static", "-o", Self.program.path, file.path])
        try #require(result.status == 0, "\(result.text)")
        guard let guest = try RunningGuest("\(RunningGuest.label)\nvnc = 0\ndevice_model_override = \"\(Self.program.path)\"") else { return }
        let end = try guest.end()
        #expect(end.status == 125 && end.told.contains("ended with status 3 before") && end.told.contains("  its last words"), "\(end.told.suffix(2_000))")
        let log = guest.log
        #expect(log.prefix(1_000).contains("its first words\n"))
        #expect(log.hasSuffix("its last words\n") && log.contains("bytes are left out"))
        #expect((BoundedLog.first..<Self.most).contains(log.utf8.count), "\(log.utf8.count)")
    }
}
