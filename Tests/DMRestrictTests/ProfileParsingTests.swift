import DMRestrict
import Testing
import TestSupport

@Suite("Profiles are read, and their mistakes told")
struct ProfileParsingTests {
    private static func read(_ text: String) throws(ProfileMistake) -> SystemCallProfile {
        try SystemCallProfile(name: "test", text: Array(text.utf8))
    }

    @Test("Each mistake has its line and says what to do")
    func mistakes() {
        let both = "[start]\n[running]\n"
        let cases: [(String, Int, String)] = [
            (both + "reed  # x", 3, "x86-64 has no system call `reed`: did you mean `read`?"),
            (both + "read", 3, "the line has no reason: say behind a `#` why the call is needed"),
            (both + "read  #  ", 3, "the line has no reason: say behind a `#` why the call is needed"),
            ("read # x", 1, "`read` stands in no section: put it below `[start]` or `[running]`"),
            ("[begin]", 1, "there is no section `[begin]`: they are `[start]` and `[running]`"),
            ("[start]\n[start]", 2, "the section `[start]` is there twice: join them"),
            ("[start]\n", 0, "there is no section `[running]`: add it, if with nothing in it"),
            (both + "clone3 # x", 3, "`clone3` is always answered with ENOSYS, as its flags cannot be seen: name `clone`"),
            (both + "read # x\nread # y", 4, "`read` is allowed with any arguments in line 3: leave one of the lines out"),
            (both + "read # x\nread => EPERM # y", 4, "`read` is allowed or answered in line 3 as well: leave one of the lines out"),
            (both + "read => EPREM # x", 3, "there is no error `EPREM` to answer with: did you mean `EPERM`?"),
            (both + "socket: domain == UNIX => EPERM # x", 3,
             "`socket` is answered with an error whatever its arguments: leave the comparisons out"),
            (both + "mmap: port == 1 # x", 3,
             "`mmap` has no argument `port` that a filter could compare: it is one of length, prot, flags, offset"),
            (both + "mmap: prot & EXCE == 0 # x", 3, "`EXCE` is no number and no constant of `prot`: did you mean `EXEC`?"),
            (both + "mmap: prot & EXEC == WRITE # x", 3,
             "the comparison of `prot` never holds: the value has bits outside the mask, or there is none"),
            (both + "mmap: prot == 1, prot == 2 # x", 3, "`prot` is compared twice: one comparison for each argument, or another line"),
            (both + "mmap: length < 0 # x", 3,
             "the comparison of `length` never holds: the value has bits outside the mask, or there is none"),
            (both + "mmap: prot in # x", 3, "the comparison of `prot` never holds: the value has bits outside the mask, or there is none"),
            (both + "mmap: prot = 1 # x", 3, "`=` stands where a comparison is wanted"),
            (both + "mmap: prot == # x", 3, "the end stands where a value is wanted"),
            (both + "mmap prot # x", 3, "`prot` stands where the end, `,` or `=>` is wanted"),
            (both + "ioctl: request != TIOCSTI # x", 3,
             "`request !=` would hold for any value with upper bits that the kernel drops: name what is allowed, with `==`, `in`, `<=` or `&`"),
            (both + "\u{e9} # x", 3, "byte 0xc3 outside a comment: a line is plain ASCII up to its `#`"),
            (both + String(repeating: " ", count: 1_025), 3, "the line is longer than 1024: split it, or take less"),
            (both + String(repeating: "\n", count: 1 << 16), 0, "the profile is longer than 65536: split it, or take less"),
            (both + "mmap: prot in 0 1 2 3 4 5 6 7, flags in 0 1 2 3 4 5 6 7 8 # x", 3,
             "the line stands for 72 rules, of which there may be 64: split it"),
        ]
        for (text, line, message) in cases {
            do throws(ProfileMistake) {
                _ = try Self.read(text)
                Issue.record("it was taken: \(text.prefix(60))")
            } catch {
                #expect(error.line == line)
                #expect(error.text == message)
            }
        }
    }

    @Test("A line says what it says")
    func lines() throws {
        let profile = try Self.read(
            """
            # Words before the sections.
            [start]
            execve # once
            unlink # the start may
            [running]
            unlink => EPERM                       # and then no more
            mmap: prot & EXEC == 0, flags in PRIVATE SHARED|ANONYMOUS  # data
            mmap: length <= 0x1000  # or little
            socket: domain == UNIX  # near
            """)
        #expect(profile.start.map(\.name) == ["execve", "unlink"])
        #expect(profile.running.map(\.line) == [6, 7, 8, 9])
        #expect(profile.running[1].conditions.map(\.values) == [[0], [2, 0x21]])
        func action(_ name: String, _ arguments: [UInt64], _ phase: SystemCallProfile.Phase) throws -> FilterAction {
            let number = try #require(SystemCalls.numbers[name])
            return profile.action(of: UInt32(number), arguments: arguments, in: phase)
        }
        #expect(try action("unlink", [0, 0, 0, 0, 0, 0], .start) == .allow)
        #expect(try action("unlink", [0, 0, 0, 0, 0, 0], .running) == .error(1))
        #expect(try action("execve", [0, 0, 0, 0, 0, 0], .running) == .killProcess)
        #expect(try action("mmap", [0, 0x2000, 3, 2, 0, 0], .running) == .allow)
        #expect(try action("mmap", [0, 0x2000, 3, 1, 0, 0], .running) == .killProcess)
        #expect(try action("mmap", [0, 0x2000, 7, 2, 0, 0], .running) == .killProcess)
        #expect(try action("mmap", [0, 0x1000, 7, 1, 0, 0], .running) == .allow)
        #expect(try action("socket", [1 | 1 << 32, 0, 0, 0, 0, 0], .running) == .killProcess)
        #expect(try action("clone3", [0, 0, 0, 0, 0, 0], .start) == .error(38))
    }

    @Test("Any bytes are a profile or a mistake, and a profile's filter does what it says")
    func anyBytes() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let pieces = [
            "[start]\n", "[running]\n", "mmap", "ioctl", "read", "socket", "clone", ":", ",", " prot", " request", " domain", " flags", " &",
            " ==", " !=", " <=", " in", " 0", " 1", " EXEC", " 0xffffffffffffffff", "|", " => EPERM", " # x\n", " # x\n", "\n", "arg1",
        ]
        for _ in 0..<1_500 {
            let isBytes = random.percent(20)
            let text =
                isBytes
                ? (0..<random.below(64)).map { _ in UInt8(random.below(256)) }
                : Array(("[start]\n[running]\n" + (0..<random.below(16)).map { _ in random.pick(pieces) }.joined()).utf8)
            _ = try? SystemCallProfile(name: "random", text: text)
        }
        // Lines that are right by their making: what libseccomp makes of them is compared with what they say.
        let conditions = ["length", "prot", "flags", "offset"]
        var (faithful, ordered) = (0, 0)
        for _ in 0..<60 {
            var text = "[start]\n[running]\n"
            let lines = 1 + random.below(4)
            for _ in 0..<lines {
                let chosen = random.some(conditions, 1, 3).map { name in
                    let mask = 1 + random.below(15)
                    return switch random.below(lines == 1 || random.percent(5) ? 4 : 2) {
                    case 0: "\(name) == \(random.next() >> UInt64(random.below(64)))"
                    case 1: "\(name) & \(mask) in \(mask) \(mask & random.below(16))"
                    case 2: "\(name) <= \(1 + random.next() >> UInt64(random.below(63)))"
                    default: "\(name) > \((random.next() >> 1) >> UInt64(random.below(63)))"
                    }
                }
                text += "mmap: \(chosen.joined(separator: ", ")) # x\n"
            }
            guard let profile = try? Self.read(text) else { continue }
            do throws(FilterFailure) {
                let program = try profile.filter(.running).program
                let evaluation = try? FilterEvaluation(program)
                faithful += 1
                // Values of the lines in any mixture, and next to them.
                let values = profile.running.flatMap(\.conditions).flatMap(\.values) + [0, .max]
                for _ in 0..<300 {
                    let arguments = (0..<6).map { _ in random.pick(values) &+ UInt64(random.below(3)) &- 1 }
                    let wanted = profile.action(of: 9, arguments: arguments, in: .running)
                    #expect(evaluation?.action(of: 9, arguments: arguments) == wanted, "\(text)\n\(arguments)")
                }
            } catch {
                if case .unfaithful = error {
                    ordered += 1
                    continue
                }
                guard case .orderedAlternative(let rule) = error else {
                    Issue.record("\(text)\n\(error)")
                    continue
                }
                #expect(rule.conditions.contains { $0.comparison != .equal && $0.comparison != .masked } && lines > 1)
                ordered += 1
            }
        }
        #expect(faithful > 20, "\(ordered) were refused")
    }

    @Test("Lines of which libseccomp makes another filter than they are give none")
    func unfaithful() throws {
        let profile = try Self.read(
            "[start]\n[running]\nmmap: length <= 6920058 # x\nmmap: offset > 3503687028283, length <= 13 # x\n")
        #expect(throws: FilterFailure.orderedAlternative(profile.running[0])) { _ = try profile.filter(.running) }
    }

    /// libseccomp 2.5 does not look at the upper half of the second one's flags.
    @Test func whatLibseccompMakesSomethingElseOfIsRefused() throws {
        let text = "[start]\nseccomp: operation == 1 # a\nseccomp: operation == 2, flags == 1 # b\n[running]\nread # c\n"
        let profile = try SystemCallProfile(name: "p", text: Array(text.utf8))
        guard let filter = try? profile.filter(.start) else { return }
        // A libseccomp that does it right is as good.
        #expect(try profile.differences(from: filter.program, in: .start).isEmpty)
    }
}
