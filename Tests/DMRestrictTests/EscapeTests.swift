import Foundation
import TestSupport
import Testing

/// What a device model that was taken over would try, each attempt by itself: outside of the sandbox it comes through, by which the
/// test is known to test, or this kernel does not have it; inside it is refused.
@Suite(.serialized) struct EscapeTests {
    /// Attempts that only a filter of system calls refuses; without one they are not checked inside. io_uring is refused by the limit
    /// of locked memory on some kernels only.
    static let needSeccomp: Set<String> = [
        "exec-self", "personality", "perf-own", "io-uring", "userfaultfd-user", "keyctl", "add-key", "fanotify-own", "mmap-exec",
        "mprotect-exec", "mmap-memfd-exec", "modify-ldt", "call-i386", "call-x32", "bpf-map", "socket-unix", "socket-inet",
        "socket-inet6", "socket-netlink", "socket-uevent", "socket-vsock", "socket-alg", "socket-bluetooth", "socket-tipc",
        "socket-rds", "socket-kcm", "socket-nfc", "socket-smc", "socket-qipcrtr", "socket-mctp", "socket-can", "socket-ax25",
        "socket-netrom", "socket-rose", "socket-x25", "socket-appletalk", "socket-llc", "socket-pppox", "socket-rxrpc",
        "socket-phonet", "socket-ieee802154", "socket-caif",
    ]
    /// Attempts for which root needs `CAP_SYS_RESOURCE`, which containers may keep from it.
    static let needResource: Set<String> = [
        "raise-core", "raise-processes", "raise-locked-memory", "raise-file-size", "prlimit-other",
    ]
    /// Attempts that a kernel before 6.3 leaves to the filter.
    static let needMemoryPrograms: Set<String> = ["exec-memfd"]

    static let names: [String] = {
        guard (try? EscapeCorpus.ready()) == true, let list = try? ProcessResult.run(EscapeCorpus.program, ["--list"]) else { return ["none"] }
        return list.text.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }()

    @Test func theTableNamesAttemptsOnly() throws {
        guard try EscapeCorpus.ready() else { return }
        #expect(Self.names.count > 170)
        let table = Self.needSeccomp.union(Self.needResource).union(Self.needMemoryPrograms)
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
        let filter = profile.map { ["--profile", $0] } ?? ["--waive", "seccomp=the attempts that need it are left out"]
        let inside = try ProcessResult.run(
            EscapeCorpus.program,
            ["--prepare", try EscapeCorpus.launcher().path, "exec", "--user", "65536:65536", "--bind", EscapeCorpus.folder.path + ":x"]
                + filter + [program, "--on"] + victim.words + [name])
        let hasMemorySetting = FileManager.default.fileExists(atPath: "/proc/sys/vm/memfd_noexec")
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
private final class Victim {
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
