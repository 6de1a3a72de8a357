import DMRestrict
import Foundation
import Glibc
import TestSupport
import Testing

/// Who was ended by a filter is told at which call.
@Suite struct RefusedSystemCallTests {
    @Test func theKernelsLogIsRead() throws {
        let line = """
            4,1234,5678,-;audit: type=1326 audit(1795325949.324:773): auid=4294967295 uid=65536 gid=65536 ses=4294967295 pid=29922 \
            comm="program" exe="/program" sig=31 arch=c000003e syscall=16 compat=0 ip=0x4000c0 code=0x80000000
             SUBSYSTEM=x
            """
        #expect(RefusedSystemCall(line: line)?.text == "`ioctl`, by its thread `program`")
        #expect(RefusedSystemCall(line: line)?.time == 1_795_325_949_324)
        let hexadecimal = line.replacingOccurrences(of: "\"program\"", with: "612062")
        #expect(RefusedSystemCall(line: hexadecimal)?.thread == "a b")
        let other = line.replacingOccurrences(of: "c000003e", with: "40000003")
        #expect(RefusedSystemCall(line: other)?.text == "a system call of another architecture (16 of 40000003), by its thread `program`")
        for lost in ["type=1326 ", "arch=c000003e", "syscall=16", "audit(1795325949.324:773): ", ".324"] {
            #expect(RefusedSystemCall(line: line.replacingOccurrences(of: lost, with: "")) == nil)
        }
    }

    /// The kernel limits how often it says so, and other tests have hundreds of calls refused meanwhile: what is tried often enough is told
    /// at least once, and never otherwise.
    @Test func aProgramsRefusedCallIsNamed() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("program")
        try TinyProgram(calling: 101).write(to: file)
        var told: [String] = []
        let end = ContinuousClock.now + .seconds(90)
        while !(told.last?.contains("`ptrace`") ?? false), ContinuousClock.now < end {
            let result = try launcher.run("/program", bindings: [file.path + "=/program:x"])
            #expect(result.status == Launcher.refused)
            told.append(result.text)
        }
        #expect(told.allSatisfy { $0.contains("`program` was ended: its profile does not have ") })
        #expect(told.last?.contains("does not have `ptrace`, by its thread `program`") == true, "after \(told.count) times: \(told.last ?? "")")
    }
}
