import Foundation
import TestSupport
import Testing

/// What a device model that was taken over would try, each attempt by itself: outside of the sandbox it comes through, by which the
/// test is known to test, or this kernel does not have it; inside it is refused.
@Suite(.serialized) struct EscapeTests {
    /// `Tests/Escape/needs`: what must be there so that attempts are refused.
    private static let needs: [String: Set<String>] = {
        let text = (try? String(contentsOf: EscapeCorpus.source.appendingPathComponent("needs"), encoding: .utf8)) ?? ""
        var needs: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { needs[String(parts[0])] = Set(parts[1].split(separator: " ").map(String.init)) }
        }
        return needs
    }()
    static let needSeccomp = needs["seccomp", default: []]
    static let needResource = needs["resource", default: []]
    static let needMemoryPrograms = needs["memory-programs", default: []]

    static let names: [String] = {
        guard (try? EscapeCorpus.ready()) == true, let list = try? ProcessResult.run(EscapeCorpus.program, ["--list"]) else { return ["none"] }
        return list.text.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }()

    @Test func theTableNamesAttemptsOnly() throws {
        guard try EscapeCorpus.ready() else { return }
        #expect(Self.names.count > 170)
        let table = Self.needSeccomp.union(Self.needResource).union(Self.needMemoryPrograms)
        #expect(table.count > 40)
        #expect(table.subtracting(Self.names).isEmpty)
    }

    @Test(arguments: names) func isRefused(_ name: String) throws {
        guard try EscapeCorpus.ready() else { return }
        let victim = try Victim()
        let program = EscapeCorpus.program.path
        let outside = try ProcessResult.run(
            EscapeCorpus.program, ["--prepare", program, "--outside", "--on"] + victim.words + [name])
        let isKeptFromRoot = Self.needResource.contains(name) && outside.status == 1 && !Self.hasResourceCapability
        #expect(outside.status == 0 || outside.status == 2 || isKeptFromRoot, "outside: \(outside.text)")
        if outside.status != 0 { print("not on this host: \(outside.text)", terminator: "") }
        let profile = ProcessInfo.processInfo.environment["XSM_ESCAPE_PROFILE"]
        let hasMemorySetting = FileManager.default.fileExists(atPath: "/proc/sys/vm/memfd_noexec")
        let waivers = ["seccomp"] + (hasMemorySetting ? [] : ["memory-programs"])
        let filter = profile.map { ["--profile", $0] } ?? waivers.flatMap { ["--waive", "\($0)=the attempts that need it are left out"] }
        let inside = try ProcessResult.run(
            EscapeCorpus.program,
            ["--prepare", try EscapeCorpus.launcher().path, "exec", "--user", "65536:65536", "--bind", EscapeCorpus.folder.path + ":x"]
                + filter + [program, "--on"] + victim.words + [name])
        let isLeftToFilter = Self.needSeccomp.contains(name) || (Self.needMemoryPrograms.contains(name) && !hasMemorySetting)
        if profile != nil {
            // 159: the filter ended it.
            #expect([1, 2, 159].contains(inside.status), "inside: \(inside.text)")
        } else if isLeftToFilter {
            // It ran, and nothing more is said of it.
            #expect((0...2).contains(inside.status), "inside: \(inside.text)")
        } else {
            #expect(inside.status == 1 || (inside.status == 2 && outside.status == 2), "inside: \(inside.text)")
        }
    }

    private static let hasResourceCapability: Bool = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return (line.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) } ?? 0) & 1 << 24 != 0
    }()
}

/// A process of another user's, on which attempts are made.
final class Victim {
    private let process = Process()
    private let input = Pipe()
    /// Its number, and the port that it listens on.
    let words: [String]

    init() throws {
        let output = Pipe()
        process.executableURL = EscapeCorpus.program
        process.arguments = ["--victim"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = output.fileHandleForReading.availableData
        words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
        try #require(words.count == 2, "the victim does not start")
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
