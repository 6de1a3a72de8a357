import Foundation
import JSON
import TestSupport
import Testing

@testable import DMRestrict

/// What is derived from a run is what was done, and no more; and it is no profile before somebody has said why.
@Suite struct SystemCallTraceTests {
    private static func profile(_ text: String) throws -> SystemCallProfile { try SystemCallProfile(name: "test", text: Array(text.utf8)) }

    private static func call(_ name: String, _ arguments: [UInt64] = []) throws -> ObservedCall {
        let number = try #require(SystemCalls.numbers[name], "\(name)")
        return ObservedCall(number: UInt32(number), arguments: arguments + Array(repeating: 0, count: 6 - arguments.count))
    }

    private static func lines(_ calls: [(String, [UInt64])], in text: String = "[start]\n[running]\n") throws -> [String] {
        var trace = SystemCallTrace(of: try profile(text))
        for (name, arguments) in calls { _ = trace.record(try call(name, arguments)) }
        return trace.proposal.needed.map { $0.rule.text + ($0.obstacle == nil ? "" : " (not written)") }
    }

    @Test("A line is as narrow as the vocabulary lets it be, in the profile's words")
    func narrowLines() throws {
        let calls: [(String, [UInt64])] = [
            ("mkdir", [1, 2]), ("ioctl", [3, 0x5401]), ("ioctl", [9, 0x1_0000_5401]), ("ioctl", [3, 77]), ("socket", [1, 0x80001, 0]),
            ("mmap", [0, 4_096, 3, 0x22]), ("mmap", [0, 8_192, 1, 2]), ("mprotect", [0, 4_096, 1]), ("openat", [0xffff_ff9c, 7, 0x80241]),
            ("clone", [0x1200011]), ("prctl", [15, 8]), ("prlimit64", [0, 7, 0]), ("prlimit64", [0, 7, 99]), ("kill", [4_711, 15]),
            ("kill", [1, 15]), ("sendmsg", [3, 4, 0x4000]), ("madvise", [0, 1, 4]), ("setsockopt", [3, 1, 1]), ("futex", [0, 129]),
        ]
        let lines = try Self.lines(calls)
        let wanted = [
            "mkdir", "ioctl: request == TCGETS", "ioctl: request == 0x100005401", "ioctl: request == 0x4d",
            "socket: domain == UNIX, type == STREAM|CLOEXEC, protocol == 0", "mmap: prot & EXEC == 0", "mprotect: prot & EXEC == 0",
            "openat: flags & ACCMODE|CREAT|TRUNC|PATH == WRONLY|CREAT|TRUNC", "clone: flags == CHILD_CLEARTID|CHILD_SETTID|0x11",
            "prctl: option == SET_NAME", "prlimit64: process == 0, resource == NOFILE, new == 0", "prlimit64: process == 0, resource == NOFILE",
            "kill: signal == TERM", "kill: process == 1, signal == TERM", "sendmsg", "madvise: advice == DONTNEED",
            "setsockopt: level == SOCKET, option == 1", "futex: operation == 0x81",
        ]
        for (line, wanted) in zip(lines, wanted) { #expect(line == wanted) }
        #expect(lines.count == wanted.count)
        // What lines of the same call compare is compared beside them.
        #expect(try Self.lines([("sendmsg", [3, 4, 5])], in: "[start]\nsendmsg: flags == 0 # x\n[running]\n") == ["sendmsg: flags == 5"])
        #expect(try Self.lines([("getppid", [1, 2])], in: "[start]\ngetppid: arg1 == 7 # x\n[running]\n") == ["getppid: arg1 == 2"])
        // libseccomp makes no filter of comparisons by order beside others.
        #expect(
            try Self.lines([("lseek", [3, 9, 1])], in: "[start]\nlseek: offset <= 5 # x\n[running]\n")
                == ["lseek: offset == 9, whence == CUR (not written)"])
    }

    @Test("What is refused for good is no line, is not done, and is told")
    func refusals() throws {
        let never: [(String, [UInt64])] = [
            ("ptrace", []), ("mmap", [0, 4_096, 5, 2]), ("mprotect", [0, 4_096, 7]), ("pkey_mprotect", [0, 1, 4]), ("clone3", []),
            ("clone", [0x1000_0011]), ("unshare", [1]), ("setns", []), ("bpf", []), ("execveat", []), ("ioctl", [0, 0x5412]),
            ("ioctl", [0, 0xffff_ffff_0000_5412]), ("process_vm_readv", []), ("io_uring_setup", []), ("setuid", []), ("mount", []),
            ("shmat", [0, 0, 0o100000]), ("personality", [0x40_0000]),
        ]
        for (name, arguments) in never {
            for phase in SystemCallProfile.Phase.allCases {
                var trace = SystemCallTrace(of: try Self.profile("[start]\n[running]\n"))
                if phase == .running { trace.beginRunning() }
                let answer = trace.record(try Self.call(name, arguments))
                #expect(answer == .error(name == "clone3" ? 38 : 1), "\(name)")
                let proposal = trace.proposal
                #expect(proposal.needed.isEmpty && proposal.refused.map(\.name) == [name] && !proposal.isSufficient, "\(name)")
                #expect(proposal.differenceLines.contains { $0.hasPrefix("! \(name)  # seen once; refused for good, NOT WRITTEN, not done: it ") || name == "bpf" || name == "io_uring_setup" }, "\(proposal.differenceLines)")
            }
        }
        // Other architectures', and what has no name here.
        var trace = SystemCallTrace(of: try Self.profile("[start]\n[running]\n"))
        for call in [
            ObservedCall(architecture: FilterEvaluation.i386, number: 5, arguments: Array(repeating: 0, count: 6)),
            ObservedCall(number: 39 | FilterEvaluation.x32, arguments: Array(repeating: 0, count: 6)),
            ObservedCall(number: 470, arguments: Array(repeating: 0, count: 6)), ObservedCall(number: .max, arguments: nil),
        ] {
            #expect(trace.record(call) == .error(38))
        }
        #expect(trace.proposal.refused.count == 4 && trace.proposal.needed.isEmpty)
        // A program is run at the start only.
        #expect(trace.record(try Self.call("execve")) == .goOn)
        trace.beginRunning()
        #expect(trace.record(try Self.call("execve")) == .error(1))
    }

    @Test("What a profile answers is answered so, and lines that nothing was done under are named")
    func unusedLines() throws {
        let text = "[start]\nexecve # a\nsocket: domain == UNIX # b\n[running]\nread # c\nsocket => EACCES # d\nexit_group # e\nwrite # f\n"
        var trace = SystemCallTrace(of: try Self.profile(text))
        #expect(trace.record(try Self.call("socket", [1])) == .goOn)
        #expect(trace.record(try Self.call("read")) == .goOn)
        #expect(trace.proposal.unused?.map(\.text) == ["execve", "socket => EACCES", "write"])
        trace.beginRunning()
        #expect(trace.record(try Self.call("socket", [1])) == .error(13))
        #expect(trace.proposal.unused?.map(\.text) == ["execve", "write"])
        #expect(trace.proposal.isSufficient)
        // The start's own line does not hold any more; what both need stands once.
        #expect(trace.record(try Self.call("execve")) == .error(1))
        var both = SystemCallTrace(of: try Self.profile("[start]\n[running]\n"))
        for _ in 0..<2 {
            _ = both.record(try Self.call("mkdir"))
            _ = both.record(try Self.call("rmdir"))
            both.beginRunning()
        }
        #expect(both.proposal.needed.map { "\($0.phase) \($0.rule.name) \($0.tally.count)" } == ["running mkdir 2", "running rmdir 2"])
        #expect(SystemCallTrace(of: both.profile, seesEveryCall: false).proposal.unused == nil)
    }

    @Test("By the log there is a line only where arguments do not matter")
    func log() throws {
        var trace = SystemCallTrace(of: try Self.profile("[start]\nsendmsg: flags == 0 # a\n[running]\n"), by: .log)
        for name in ["mkdir", "ioctl", "sendmsg", "ptrace"] {
            _ = trace.record(ObservedCall(number: UInt32(SystemCalls.numbers[name] ?? 0), arguments: nil))
        }
        let proposal = trace.proposal
        #expect(proposal.written.map(\.rule.text) == ["mkdir"] && proposal.needed.count == 3)
        #expect(proposal.refused.map(\.name) == ["ptrace"] && proposal.unused == nil)
        #expect(proposal.differenceLines.contains { $0.contains("NOT WRITTEN, but done here") })
    }

    @Test("However many different calls there are, few are kept, and that there were more is told")
    func bounds() throws {
        var trace = SystemCallTrace(of: try Self.profile("[start]\n[running]\n"))
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let count = 60_000
        var asked = 0
        for index in 0..<count {
            let number = index % 3 == 0 ? 16 : index % 3 == 1 ? UInt32(truncatingIfNeeded: random.next()) : UInt32(random.below(512))
            let architecture = index % 7 == 0 ? UInt32(truncatingIfNeeded: random.next()) : FilterEvaluation.x86_64
            let call = ObservedCall(architecture: architecture, number: number, arguments: (0..<6).map { _ in random.next() })
            _ = trace.record(call) {
                asked += 1
                return ThreadName("thread \(index)".utf8)
            }
        }
        let proposal = trace.proposal
        #expect(proposal.count == UInt64(count) && proposal.omittedCount > 20_000 && proposal.omitted.contains("ioctl"))
        #expect(proposal.needed.count <= SystemCallTrace.mostLines && proposal.refused.count == SystemCallTrace.mostRefused)
        #expect(proposal.needed.count { $0.rule.name == "ioctl" } == SystemCallTrace.mostLinesOfCall)
        #expect(asked <= 8 * (SystemCallTrace.mostLines + SystemCallTrace.mostRefused), "\(asked)")
        #expect(proposal.differenceLines.last?.hasPrefix("? ") == true && !proposal.isSufficient)
        #expect(proposal.json["omitted"]?["calls"]?.array?.contains("ioctl") == true)
    }

    /// A thread that calls itself so that its name would be a line of the profile.
    @Test func aThreadsNameStaysInItsComment() throws {
        var trace = SystemCallTrace(of: try Self.profile("[start]\n[running]\n"))
        _ = trace.record(try Self.call("mkdir")) { ThreadName("x\nptrace # ok\n\r\u{1b}`\"".utf8) }
        let proposal = trace.proposal
        #expect(proposal.needed.first?.tally.text == "seen once, by thread `x?ptrace # ok???`")
        let text = String(decoding: try proposal.text(of: Array("[start]\n[running]\n".utf8)), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 4 && text.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) })
    }
}
