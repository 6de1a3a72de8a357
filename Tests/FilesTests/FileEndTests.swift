import Files
import Foundation
import TestSupport
import Testing

@Suite("Of a long file no more is read than is wanted of it")
struct FileEndTests {
    @Test("The end of a file: as much as there is, no more than is asked for, nothing of what was there before")
    func ends() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("log").path
        var random = SplitMix64(seed: 3)
        for size in [0, 1, 2_047, 2_048, 2_049, 100_000] {
            let bytes = (0..<size).map { _ in UInt8(random.below(256)) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(Files.size(of: path) == size)
            for start in [0, 1, 2_048, 99_999, 100_000, 100_001] {
                #expect(try Files.end(of: path, since: start, atMost: 2_048) == Array(bytes.dropFirst(start).suffix(2_048)), "\(size) bytes, since \(start)")
            }
        }
        #expect(Files.size(of: path + "x") == nil)
        #expect(throws: FileError(missing: path + "x")) { try Files.end(of: path + "x", atMost: 1) }
    }

    @Test("A file goes on where it was told to, and a pipe does not")
    func places() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("log").path
        try Data("0123456789".utf8).write(to: URL(fileURLWithPath: path))
        var file = try OpenFile(path)
        _ = try file.read(2)
        try file.skip(to: 7)
        #expect(try file.read(100) == Array("789".utf8) && file.position == 10)
        let pipe = folder.url.appendingPathComponent("pipe").path
        #expect(try ProcessResult.run(URL(fileURLWithPath: "/usr/bin/mkfifo"), [pipe]).status == 0)
        // With an end to write, nobody waits for one.
        let both = try FileHandle(forUpdating: URL(fileURLWithPath: pipe))
        defer { try? both.close() }
        var stream = try OpenFile(pipe)
        do throws(FileError) {
            try stream.skip(to: 3)
            Issue.record("a pipe has places")
        } catch {
            #expect(error.path == pipe && error.number == ESPIPE)
        }
    }
}
