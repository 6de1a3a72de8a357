import DMRestrict
import Foundation
import Glibc
import Testing
import TestSupport

@Suite("The kernel does what a profile says")
struct KernelFilterTests {
    static let minimal = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64/minimal.policy")

    private static func minimalProfile() throws -> SystemCallProfile {
        try SystemCallProfile(name: "minimal", text: Array(Data(contentsOf: minimal)))
    }

    @Test("Programs of the base system run under the minimal profile, and others end where they leave it")
    func basePrograms() throws {
        guard let launcher = Launcher(profile: Self.minimal) else { return }
        #expect(try launcher.run("/bin/true").status == 0)
        let listing = try launcher.run("/bin/ls", "-l", "/usr")
        #expect(listing.status == 0 && listing.text.contains("share"))
        #expect(try launcher.run("/bin/sleep", "0.01").status == 0)
        for program in [["/usr/bin/unshare", "-n", "/bin/true"], ["/usr/bin/touch", "/file"], ["/usr/bin/mkdir", "/folder"]] {
            let result = try ProcessResult.run(launcher.tool, launcher.arguments(program, bindings: Launcher.system))
            #expect(result.status == Launcher.refused, "\(program): \(result.text)")
            #expect(result.text.contains("was ended: its profile does not have "))
        }
        // What it would do is an error by choice, or done.
        let failing = try launcher.run("/usr/bin/mkdir", "/folder", options: ["--on-refusal", "error"])
        #expect(failing.status == 1 && failing.text.contains("Operation not permitted"), "\(failing.text)")
        let logged = try launcher.run("/usr/bin/mkdir", "/folder", options: ["--on-refusal", "log"])
        #expect(logged.status == 1 && logged.text.contains("Read-only file system"), "\(logged.text)")
    }

    @Test("What is verified stands still meanwhile: even a program that ends at once is always found as planned")
    func verifiedPrograms() throws {
        guard let launcher = Launcher(profile: Self.minimal) else { return }
        for _ in 0..<20 {
            let result = try launcher.run("/bin/true", options: ["--verify"])
            #expect(result.status == 0, "\(result.text)")
        }
    }

    @Test("Single calls: the kernel and the evaluator are of one mind")
    func singleCalls() throws {
        guard let launcher = Launcher(profile: Self.minimal) else { return }
        let folder = try TemporaryFolder()
        let profile = try Self.minimalProfile()
        let evaluation = try FilterEvaluation(profile.filter(.start).program)
        func status(_ program: TinyProgram) throws -> Int32 {
            let file = folder.url.appendingPathComponent("program")
            try program.write(to: file)
            // Another test may be starting a program meanwhile, which has this one open for writing up to its own exec.
            for _ in 0..<100 {
                let result = try launcher.run("/program", bindings: ["\(file.path)=/program:x"])
                guard result.status == 125, result.text.contains("text file busy") else { return result.status }
                usleep(10_000)
            }
            return 125
        }
        // Its number is 1, in a namespace of its own; clone3 is not there; a descriptor that is not open.
        #expect(try status(TinyProgram(calling: 39)) == 1)
        #expect(try status(TinyProgram(calling: 435, [0, 0])) == 256 - 38)
        #expect(try status(TinyProgram(calling: 3, [77])) == 256 - 9)
        #expect(try status(TinyProgram(calling: 41, [1, 1, 0])) == 256 - 13)
        // The same number by x32's door and by i386's, where 39 is mkdir and 20 getpid.
        #expect(try status(TinyProgram(calling: 39 | FilterEvaluation.x32)) == Launcher.refused)
        #expect(try status(TinyProgram(calling: 39, by: .interrupt)) == Launcher.refused)
        #expect(try status(TinyProgram(calling: 20, by: .interrupt)) == Launcher.refused)

        // What is refused is never done, so anything may be asked for: borders of lines, and numbers at random.
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        var probes = random.some(profile.rules(in: .start).flatMap { rule in rule.probes.map { (UInt32(rule.number), $0) } }, 60, 60)
        for _ in 0..<60 { probes.append((UInt32(random.below(512)), (0..<6).map { _ in random.next() >> UInt64(random.below(64)) })) }
        var tried = 0
        // The kernel's own probes of user programs, which newer kernels pass by every filter; elsewhere they kill who makes them
        // (Linux, kernel/seccomp.c: `__secure_computing`, since 6.14).
        let unfiltered: Set<UInt32> = [335, 336]
        for (number, arguments) in probes where !unfiltered.contains(number) {
            let action = evaluation.action(of: number, arguments: arguments)
            guard action == .killProcess else { continue }
            tried += 1
            #expect(try status(TinyProgram(calling: number, arguments)) == Launcher.refused, "\(number) \(arguments)")
        }
        #expect(tried > 20)
        for number in unfiltered { #expect(try status(TinyProgram(calling: number)) > 128, "\(number)") }
    }

    @Test("The filter that the kernel has is the plan's, and does what the profile says")
    func readBack() throws {
        guard let launcher = Launcher(profile: Self.minimal) else { return }
        let process = Process()
        process.executableURL = launcher.tool
        process.arguments = launcher.arguments(["/bin/sleep", "20"], bindings: Launcher.system)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let number = try #require(Self.child(of: process.processIdentifier, named: "sleep"))
        defer {
            kill(number, SIGKILL)
            process.waitUntilExit()
        }
        let filters = try #require(ProcessFacts(ofProcess: number).filters[number])
        let profile = try Self.minimalProfile()
        #expect(filters == [try profile.filter(.start).program])
        for filter in filters { #expect(try profile.differences(from: filter, in: .start).isEmpty) }
    }

    /// The child that has become a program, once it has.
    private static func child(of parent: Int32, named name: String) -> Int32? {
        for _ in 0..<500 {
            let children = (try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)) ?? ""
            if let number = children.split(separator: " ").first.flatMap({ Int32($0) }),
                (try? String(contentsOfFile: "/proc/\(number)/comm", encoding: .utf8)) == name + "\n"
            {
                return number
            }
            usleep(10_000)
        }
        return nil
    }
}
