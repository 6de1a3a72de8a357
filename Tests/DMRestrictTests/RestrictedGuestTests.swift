import DMRestrict
import Foundation
import Glibc
import TestSupport
import Testing

/// Real QEMU serves a guest under the full restriction, with a policy that decides every operation of its own domain's: nothing of what
/// a device model is for is lost. A script is the guest's processor.
@Suite(.serialized) struct RestrictedGuestTests {
    private static let sector = (0..<512).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    private static func disc(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32_768) }

    @Test func aGuestHasItsDiskScreenConsoleAndCDAndPowersOff() throws {
        let guest = try RunningGuest(
            """
            \(RunningGuest.label)
            \(RunningGuest.ownDomain)
            vga = "stdvga"
            vnc = 1
            vnclisten = "unix:%screen"
            disk = [ "format=raw,vdev=hda,access=rw,target=%disk", "format=raw,vdev=hdc,devtype=cdrom,access=ro,target=%first" ]
            """,
            files: [
                "disk": Self.sector + [UInt8](repeating: 0, count: 1 << 20), "first": Self.disc(0x11), "second": Self.disc(0x22),
            ])
        guard let guest else { return }
        try guest.awaitService()
        let verified = try guest.tool("verify", guest.name, "--profile", RunningGuest.profile)
        #expect(verified.status == 0)
        // It is limited in these, or it is said that the host cannot do that.
        for limit in ["cgroup-pids: ", "cgroup-devices: "] { #expect(verified.text.contains(limit), "\(verified.text)") }

        // Serial.
        try guest.execute("text 0x3f8 \"through a wall\\n\"")

        // Disk, by DMA both ways: the bus master's ports and its table of pages; the first sector is read, and written to the second.
        let word = Self.sector[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        try guest.execute(
            """
            pci write 00:01.1 0x20 long 0xc000
            pci write 00:01.1 0x04 word 5
            write 0x10000 quad 0x8000020000020000
            out 0xc004 long 0x10000
            \(Self.transfer(sector: 0, command: 0xc8, direction: 8))
            read 0x20000 quad => \(word)
            \(Self.transfer(sector: 1, command: 0xca, direction: 0))
            """)
        let disk = try Data(contentsOf: URL(fileURLWithPath: guest.path("disk")))
        #expect(Array(disk[512..<1_024]) == Self.sector)

        // Screen: the guest draws a red pixel, and somebody sees it.
        let registers = [4: 0, 1: 640, 2: 480, 3: 32]
        let mode = [4, 1, 2, 3].map { "out 0x1ce word \($0)\nout 0x1cf word \(registers[$0] ?? 0)" }.joined(separator: "\n")
        try guest.execute(
            """
            pci read 00:03.0 0 long => 0x11111234
            pci write 00:03.0 0x10 long 0xf0000000
            pci write 00:03.0 0x04 word 3
            \(mode)
            out 0x1ce word 4
            out 0x1cf word 0x41
            in 0x3da byte
            out 0x3c0 byte 0x20
            write 0xf0000000 long 0x00ff0000
            """)
        var screen = try ScreenClient(at: guest.path("screen"))
        #expect(screen.width == 640 && screen.height == 480)
        // The first pictures may be from before its mode was set.
        var pixel: [UInt8]?
        for _ in 0..<5 where pixel != [0, 0, 0xff] { pixel = try screen.firstPixel() }
        #expect(pixel == [0, 0, 0xff])

        // The CD is changed while the guest runs, by a file that QEMU has no way to open.
        try Self.expectDisc(0x11, guest)
        let inserted = try guest.tool("insert", guest.name, "hdc", guest.path("second"))
        #expect(inserted.status == 0, "\(inserted.text)")
        try Self.expectDisc(0x22, guest)
        #expect(try guest.tool("verify", guest.name).status == 0)
        #expect(try guest.tool("eject", guest.name, "hdc").status == 0)
        #expect(try guest.tool("insert", guest.name, "hdd", guest.path("second")).text.contains("`blockdev-change-medium` was refused"))
        #expect(try guest.tool("insert", guest.name, "hdc", guest.path("none")).text.contains("no such file"))

        // It is still as it is to be, and nothing was denied until here.
        #expect(try guest.tool("verify", guest.name).status == 0)
        #expect(guest.denials.isEmpty)

        // The power button's other end: the guest's own word ends its device model and its domain.
        try guest.execute("pci write 00:01.3 0x40 long 0xb001\npci write 00:01.3 0x80 byte 1\nout 0xb004 word 0x2000")
        let end = try guest.end()
        #expect(end.status == 0 && end.console == "through a wall\n")
        #expect(end.told.contains("`\(guest.name)` has powered off"), "\(end.told)")
        // With its last guest the hypervisor ends that was started for it.
        #expect(!FileManager.default.fileExists(atPath: guest.path("run/dom0")))
        #expect(guest.denials.isEmpty)
    }

    /// A transfer of one sector by the bus master; `direction` is its command's bit.
    private static func transfer(sector: Int, command: Int, direction: Int) -> String {
        """
        out 0xc000 byte \(direction)
        out 0xc002 byte 6
        out 0x1f6 byte 0xe0
        out 0x1f2 byte 1
        out 0x1f3 byte \(sector)
        out 0x1f4 byte 0
        out 0x1f5 byte 0
        out 0x1f7 byte \(command)
        out 0xc000 byte \(direction | 1)
        in 0xc002 byte until 4 mask 4
        in 0x1f7 byte until 0x40 mask 0xc0
        """
    }

    /// Reads the first bytes of a CD, behind the two answers with which a drive tells that its disc was changed.
    private static func expectDisc(_ byte: UInt8, _ guest: RunningGuest) throws {
        func packet(_ bytes: [UInt8]) -> String {
            let words = stride(from: 0, to: 12, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
            return """
                out 0x176 byte 0xa0
                out 0x171 byte 0
                out 0x174 byte 0
                out 0x175 byte 8
                out 0x177 byte 0xa0
                in 0x177 byte until 0x08 mask 0x88
                \(words.map { "out 0x170 word \($0)" }.joined(separator: "\n"))
                in 0x177 byte until 0 mask 0x80
                """
        }
        // What was left of an earlier read goes with a reset.
        let reset = "out 0x376 byte 4\nout 0x376 byte 0"
        let isReady = packet([UInt8](repeating: 0, count: 12))
        let read = packet([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
        let pair = UInt16(byte) << 8 | UInt16(byte)
        try guest.execute([reset, isReady, isReady, isReady, read, "in 0x177 byte until 0x08 mask 0x88", "in 0x170 word => \(pair)"].joined(separator: "\n"))
    }

    @Test func theStateOfItsDevicesIsSavedAndItIsStopped() throws {
        let guest = try RunningGuest("\(RunningGuest.label)\nvnc = 0")
        guard let guest else { return }
        try guest.awaitService()
        let saved = try guest.tool("save", guest.name, guest.path("state"))
        #expect(saved.status == 0, "\(saved.text)")
        let state = try Data(contentsOf: URL(fileURLWithPath: guest.path("state")))
        #expect(state.starts(with: Array("QEVM".utf8)) && state.count > 1_000)
        #expect(try guest.tool("verify", guest.name).status == 0)
        // What is there is not written over, and stays; and it goes on.
        #expect(try guest.tool("save", guest.name, guest.path("state")).status == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: guest.path("state"))) == state)
        #expect(try guest.tool("resume", guest.name).status == 0)
        try guest.execute("text 0x3f8 \"on\"")
        #expect(try guest.tool("stop", guest.name).status == 0)
        #expect(try guest.end().status == 0)
        #expect(guest.denials.isEmpty)
    }

    /// Its device model's domain has its guest, and of that what a device model needs.
    @Test func whatTheDeviceModelsDomainWantsBesidesIsDenied() throws {
        let guest = try RunningGuest("\(RunningGuest.label)\n\(RunningGuest.ownDomain)\nvnc = 0")
        guard let guest else { return }
        try guest.awaitService()
        let program = "/usr/lib/xen-4.17/bin/xen-hvmctx"
        #expect(try guest.program([program, RunningGuest.domain]).status == 0)
        #expect(guest.denials.isEmpty)
        #expect(try guest.program([program, RunningGuest.domain], as: RunningGuest.deviceModelDomain).status != 0)
        #expect(guest.denials.count == 1)
        #expect(
            guest.denials.first?.hasSuffix(
                "avc:  denied  { gethvmc } for source=d2 target=d1 scontext=system_u:system_r:dm_dom_t tcontext=system_u:system_r:domU_t_target tclass=hvm")
                == true, "\(guest.denials)")
        #expect(try guest.tool("stop", guest.name).status == 0)
        #expect(try guest.end().status == 0)
    }

    /// Each port that leads nowhere else is a console of its own.
    @Test func eachOfItsConsolesIsReached() throws {
        let configuration = "\(RunningGuest.label)\nvnc = 0\nserial = [ \"pty\", \"file:%serial\", \"pty\" ]"
        guard let guest = try RunningGuest(configuration) else { return }
        try guest.awaitService()
        let (process, output) = try guest.begin("attach", guest.name, "2")
        // It says nothing when it is connected: what is said before that, nobody hears.
        for _ in 0..<5 {
            usleep(100_000)
            try guest.execute("text 0x3f8 \"first\\n\"\ntext 0x2f8 \"file\\n\"\ntext 0x3e8 \"second\\n\"")
        }
        for (words, status, told) in [
            (["attach", guest.name, "3"], Int32(1), "has no console 3: there are 1, 2"), (["attach", guest.name, "0"], 2, "counted from 1"),
            (["attach", guest.name, "x"], 2, "counted from 1"), (["attach", guest.name, "1", "2"], 2, "one too many"),
        ] {
            let result = try guest.tool(words)
            #expect(result.status == status && result.text.contains(told), "\(result.text)")
        }
        #expect(try guest.tool("stop", guest.name).status == 0)
        let heard = String(decoding: try output.fileHandleForReading.readToItsEnd(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(Set(heard.split(separator: "\n")) == ["second"])
        #expect(try guest.end().console.contains("first\n"))
        #expect(try String(contentsOfFile: guest.path("serial"), encoding: .utf8).hasPrefix("file\n"))
    }

    /// Images that are named by QEMU's short options, and with two dashes, are opened for it as others are.
    @Test func whatQEMUsOtherOptionsNameIsOpened() throws {
        let words = ["--drive", "file=%disk,if=none,id=a,format=raw", "-cdrom", "%first", "--fda", "%floppy"].map { "\"\($0)\"" }
        let guest = try RunningGuest(
            "\(RunningGuest.label)\nvnc = 0\ndevice_model_args = [ \(words.joined(separator: ", ")) ]",
            files: ["disk": Self.sector, "first": Self.disc(0x33), "floppy": [UInt8](repeating: 0, count: 1_474_560)])
        guard let guest else { return }
        try guest.awaitService()
        try Self.expectDisc(0x33, guest)
        #expect(try guest.tool("verify", guest.name).status == 0)
        #expect(try guest.tool("stop", guest.name).status == 0)
        #expect(try guest.end().status == 0)
        let refused = try RunningGuest("\(RunningGuest.label)\nvnc = 0\ndevice_model_args = [ \"-hdb\", \"image\" ]")
        let end = try #require(refused).end()
        #expect(end.status == 125 && end.told.contains("`-hdb image` is no path that begins with `/`"), "\(end.told)")
    }

    /// Who serves a guest is killed: what depends on him goes with him, and what others of the same hypervisor have does not, whoever has
    /// started it; it ends with the last.
    @Test func whatIsLeftOfAServiceThatWasKilledIsGone() throws {
        let configuration = "\(RunningGuest.label)\n\(RunningGuest.ownDomain)\nvnc = 0"
        guard let first = try RunningGuest(configuration) else { return }
        try first.awaitService()
        guard let second = try RunningGuest(configuration, options: ["--directory", first.path("run")]) else { return }
        try second.awaitService()
        let (emulator, user) = try first.emulator()
        #expect(!Self.remains(of: user).isEmpty)
        try first.killService()
        #expect(try first.end().status == 128 + SIGKILL)
        for _ in 0..<500 where FileManager.default.fileExists(atPath: "/proc/\(emulator)") { usleep(10_000) }
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(emulator)"))
        #expect(try !first.tool("list").text.contains(first.name))
        #expect(Self.remains(of: user) == [])
        // Its domains are gone, and what XenStore had of them; the others serve on.
        var domains = ""
        for _ in 0..<100 {
            domains = try first.program(["/usr/bin/xenstore-list", "/local/domain"]).text
            if domains == "0\n3\n4\n" { break }
            usleep(20_000)
        }
        #expect(domains == "0\n3\n4\n")
        #expect(try first.program(["/usr/bin/xenstore-list", "/local/domain/0/device-model"]).text == "3\n")
        #expect(try first.program(["/usr/lib/xen-4.17/bin/xen-hvmctx", RunningGuest.domain]).status != 0)
        #expect(try first.program(["/usr/lib/xen-4.17/bin/xen-hvmctx", "3"]).status == 0)
        #expect(try second.tool("verify", second.name).status == 0)
        // The next one has its user again.
        guard let third = try RunningGuest(configuration, options: ["--directory", first.path("run")]) else { return }
        try third.awaitService()
        #expect(try third.tool("stop", third.name).status == 0)
        #expect(try third.end().status == 0)

        try second.killService()
        #expect(try second.end().status == 128 + SIGKILL)
        for _ in 0..<500 where FileManager.default.fileExists(atPath: first.path("run/dom0")) { usleep(10_000) }
        #expect(!FileManager.default.fileExists(atPath: first.path("run/dom0")))
    }

    /// Ctrl-C, or a terminal that is gone, is the end of the guest whose console is there; and so it is before there is a console.
    @Test(arguments: [(SIGINT, true), (SIGHUP, true), (SIGTERM, false)]) func aSignalAtItsConsoleEndsIt(_ signal: Int32, _ waits: Bool) throws {
        guard let guest = try RunningGuest("\(RunningGuest.label)\nvnc = 0") else { return }
        if waits {
            try guest.awaitService()
            for _ in 0..<500 where try !guest.isAtItsConsole() { usleep(10_000) }
            #expect(try guest.isAtItsConsole())
        } else {
            for _ in 0..<500 where !FileManager.default.fileExists(atPath: guest.path("run/dom0")) { usleep(2_000) }
        }
        guest.signal(signal)
        let end = try guest.end()
        // Who hears of it ends the guest first; else the guest's service sees that nobody is there.
        #expect(end.status == 0 || !waits && end.status == signal, "\(end)")
        for _ in 0..<1_000 where FileManager.default.fileExists(atPath: guest.path("run/dom0")) { usleep(10_000) }
        #expect(!FileManager.default.fileExists(atPath: guest.path("run/dom0")), "its hypervisor goes on")
        #expect(try !guest.tool("list").text.contains(guest.name))
    }

    /// Sockets, and the folder of its device model.
    private static func remains(of user: String) -> [String] {
        let folders = ["/run/xsm-launch", "/tmp"]
        return folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { name in
                name.hasPrefix("xsm-launch-\(user)-") || name.hasPrefix("\(user).") && name != "\(user).lock"
            }
        }
    }

    @Test func whatCannotBeServedIsSaid() throws {
        let cases: [(String, [String], String)] = [
            (RunningGuest.label + "\ndisk = [ \"format=raw,vdev=hda,access=rw,target=%none\" ]", [], "cannot open `%none`: no such file or directory"),
            ("seclabel = \"system_u:system_r:nobody_t\"", [], "the policy has no label `system_u:system_r:nobody_t`"),
            ("", [], "say what the guest's label is"),
            (RunningGuest.label + "\nmemroy = 5", [], "guest.cfg:5:1: xl has no key `memroy`: did you mean `memory`?"),
            (RunningGuest.label + "\non_crash = \"destroy\"\nsdl = 1", [], "guest.cfg:5:1: note: `on_crash` does not concern the device model: ignored"),
            (RunningGuest.label + "\ndevice_model_override = \"/bin/true\"", [], "ended with status 0 before it was restricted to its domain"),
            (RunningGuest.label + "\ndevice_model_override = \"/usr/bin/sleep\"", [], "what QEMU or the hypervisor said last, in `"),
            (RunningGuest.label + "\ndevice_model_override = \"/usr/bin/sleep\"", [], "sleep: invalid option -- 'x'"),
            (RunningGuest.label, ["--memory", "9000000000"], "command line: "),
        ]
        for (configuration, options, wanted) in cases {
            guard let guest = try RunningGuest(configuration, options: options) else { return }
            let end = try guest.end()
            #expect(end.status == 125 && end.told.contains(wanted.replacing("%", with: guest.folder.url.path + "/")), "\(configuration): \(end)")
            #expect(!FileManager.default.fileExists(atPath: guest.path("run/dom0")))
        }
    }
}
