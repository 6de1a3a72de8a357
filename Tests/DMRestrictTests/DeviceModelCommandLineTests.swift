import TestSupport
import Testing

@testable import DMRestrict

/// The command line of libxl's becomes one with which QEMU opens nothing of the host's itself.
@Suite struct DeviceModelCommandLineTests {
    @Test func whatLibxlGives() throws {
        let line = try DeviceModelCommandLine([
            "-xen-domid", "7", "-no-shutdown", "-chardev", "socket,id=libxl-cmd,path=/var/run/xen/qmp-libxl-7,server=on,wait=off",
            "-mon", "chardev=libxl-cmd,mode=control", "-chardev", "socket,id=other,fd=9,server=on,wait=off", "-serial",
            "file:/tmp/serial", "-drive", "file=/images/a,,b.img,if=ide,index=0,media=disk,format=raw,cache=writeback", "-drive",
            "if=ide,index=1,readonly=on,media=cdrom,format=raw,file=/images/cd", "-m", "56",
        ])
        #expect(line.domain == 7)
        #expect(
            line.arguments == [
                "-xen-domid", "7", "-no-shutdown", "-chardev", "socket,id=libxl-cmd,fd=16,server=on,wait=off",
                "-mon", "chardev=libxl-cmd,mode=control", "-chardev", "socket,id=other,fd=9,server=on,wait=off",
                "-add-fd", "fd=17,set=17", "-serial", "file:/dev/fdset/17",
                "-add-fd", "fd=18,set=18", "-add-fd", "fd=19,set=18", "-drive",
                "file=/dev/fdset/18,if=ide,index=0,media=disk,format=raw,cache=writeback",
                "-add-fd", "fd=20,set=20", "-drive", "if=ide,index=1,readonly=on,media=cdrom,format=raw,file=/dev/fdset/20",
                "-m", "56", "-chardev", "socket,id=xsm-monitor,fd=21,server=on,wait=off", "-mon", "chardev=xsm-monitor,mode=control",
                "-xen-domid-restrict",
            ])
        #expect(
            line.openings == [
                16: .listener("/var/run/xen/qmp-libxl-7"), 9: .passed(9), 17: .output("/tmp/serial"),
                18: .image("/images/a,b.img", isWritable: true), 19: .image("/images/a,b.img", isWritable: false),
                20: .image("/images/cd", isWritable: false), 21: .listener("/run/xsm-launch/5.monitor"),
            ])
    }

    /// What libxl has QEMU give up by itself under `dm_restrict` is the launcher's to do, and for the user that libxl means.
    @Test func whatQEMUWouldGiveUpItselfIsTheLaunchersToDo() throws {
        let line = try DeviceModelCommandLine([
            "-xen-domid", "7", "-chroot", "/var/run/xen/qemu-root-7", "-runas", "1000007:1000000", "-sandbox", "on", "-m", "8",
            "-xen-domid-restrict", "-run-with", "user=1:2",
        ])
        #expect(line.user?.uid == 1_000_007 && line.user?.gid == 1_000_000)
        #expect(line.arguments.starts(with: ["-xen-domid", "7", "-m", "8", "-xen-domid-restrict"]))
        #expect(!line.arguments.contains { ["-chroot", "-runas", "-sandbox", "-run-with", "on"].contains($0) })
        #expect(try DeviceModelCommandLine(["-xen-domid", "7"]).user == nil)
    }

    /// Each option as QEMU takes it with two dashes.
    @Test func twoDashesAreOne() throws {
        let words = [
            "-xen-domid", "7", "-chardev", "socket,path=/a", "-drive", "file=/b", "-serial", "file:/c", "-serial", "pty", "-netdev", "tap,ifname=d",
            "-vnc", ":1", "-chroot", "/e", "-run-with", "user=1:2", "-sandbox", "on", "-runas", "8:9", "-cdrom", "/f", "-xen-domid-restrict",
        ]
        let one = try DeviceModelCommandLine(words)
        let two = try DeviceModelCommandLine(words.map { $0.hasPrefix("-") ? "-" + $0 : $0 })
        #expect(one.arguments == two.arguments && one.openings == two.openings && one.display == two.display)
        #expect(two.domain == 7 && two.user?.uid == 8)
        #expect(!two.arguments.contains { $0.hasPrefix("--") || $0.hasPrefix("/") })
        // What is not known is QEMU's to understand.
        #expect(try DeviceModelCommandLine(["-xen-domid", "7", "--usb"]).arguments.contains("--usb"))
        #expect(try DeviceModelCommandLine(["-xen-domid", "7", "--incoming", "fd:9"]).isIncoming)
    }

    @Test(arguments: [
        ("-hda", "index=0,media=disk", true), ("-hdb", "index=1,media=disk", true), ("-hdc", "index=2,media=disk", true),
        ("-hdd", "index=3,media=disk", true), ("-cdrom", "index=2,media=cdrom", false), ("-fda", "if=floppy,index=0", true),
        ("-fdb", "if=floppy,index=1", true), ("-sd", "if=sd", true), ("-mtdblock", "if=mtd", true), ("-pflash", "if=pflash", true),
    ])
    func anImageThatIsOnlyNamedIsADrive(_ option: String, _ kind: String, _ isWritable: Bool) throws {
        let line = try DeviceModelCommandLine(["-xen-domid", "1", option, "/a,b"])
        let sets = isWritable ? ["-add-fd", "fd=16,set=16", "-add-fd", "fd=17,set=16"] : ["-add-fd", "fd=16,set=16"]
        #expect(line.arguments.dropFirst(2).starts(with: sets + ["-drive", "file=/dev/fdset/16," + kind]), "\(line.arguments)")
        #expect(line.openings[16] == .image("/a,b", isWritable: isWritable))
        #expect(throws: DeviceModelCommandLine.Mistake.noValue(option)) { try DeviceModelCommandLine(["-xen-domid", "1", option]) }
        for image in ["image", "", "nbd:host:1", "fat:/etc"] {
            #expect(throws: DeviceModelCommandLine.Mistake.badImage(option: option, image)) {
                try DeviceModelCommandLine(["-xen-domid", "1", "-" + option, image])
            }
        }
    }

    @Test func whatIsNoCommandLine() {
        #expect(throws: DeviceModelCommandLine.Mistake.noDomain) { try DeviceModelCommandLine(["-m", "56"]) }
        #expect(throws: DeviceModelCommandLine.Mistake.noDomain) { try DeviceModelCommandLine(["-xen-domid", "dom"]) }
        #expect(throws: DeviceModelCommandLine.Mistake.noValue("-drive")) { try DeviceModelCommandLine(["-xen-domid", "1", "-drive"]) }
        for user in ["x", "0:5", "5:0", "5", "5:6:7", "-1:5"] {
            #expect(throws: DeviceModelCommandLine.Mistake.badUser(user)) { try DeviceModelCommandLine(["-xen-domid", "1", "-runas", user]) }
        }
        for number in ["0", "2", "64", "-1"] {
            #expect(throws: DeviceModelCommandLine.Mistake.takenDescriptor(Int32(number) ?? 0)) {
                try DeviceModelCommandLine(["-xen-domid", "1", "-chardev", "socket,fd=\(number)"])
            }
        }
        let many = (0..<40).flatMap { ["-drive", "file=/disk\($0)"] }
        #expect(throws: DeviceModelCommandLine.Mistake.tooManyDescriptors) { try DeviceModelCommandLine(["-xen-domid", "1"] + many) }
    }

    @Test(arguments: [
        ("127.0.0.1:0,to=99", DisplayListener.Place.address("127.0.0.1", ports: 5_900...5_999)),
        ("localhost:3", .address("127.0.0.1", ports: 5_903...5_903)), (":1", .address("0.0.0.0", ports: 5_901...5_901)),
        ("[::1]:2,password=on", .address("::1", ports: 5_902...5_902)), ("unix:/run/screen", .path("/run/screen")),
    ])
    func aScreenIsTheLaunchersToListenFor(_ value: String, _ place: DisplayListener.Place) throws {
        let line = try DeviceModelCommandLine(["-xen-domid", "1", "-vnc", value])
        #expect(line.display?.place == place)
        #expect(Array(line.arguments[2..<4]) == ["-vnc", value.hasSuffix("password=on") ? "none,password=on" : "none"])
    }

    @Test func whatIsNoScreensAddress() throws {
        for value in ["somewhere:0", "127.0.0.1", "127.0.0.1:60000", "127.0.0.1:-1", "127.0.0.1:5,to=4", "unix:relative", "127.0.0.1:x", ""] {
            #expect(throws: DeviceModelCommandLine.Mistake.badDisplay(value)) { try DeviceModelCommandLine(["-xen-domid", "1", "-vnc", value]) }
        }
        #expect(throws: DeviceModelCommandLine.Mistake.badDisplay(":1")) {
            try DeviceModelCommandLine(["-xen-domid", "1", "-vnc", ":0", "-vnc", ":1"])
        }
        #expect(try DeviceModelCommandLine(["-xen-domid", "1", "-vnc", "none"]).display == nil)
    }

    @Test func commasAreKept() {
        // A part that begins with a comma cannot be written: it would belong to the one before.
        for parts in [["a", "b"], ["a,b", ""], ["", "x,,y"], ["file=/a,b", "if=ide"]] {
            #expect(DeviceModelCommandLine.parts(DeviceModelCommandLine.text(parts)) == parts)
        }
    }

    @Test func anyWordsAreTakenOrRefused() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let pieces = [
            "-xen-domid", "1", "-chardev", "-drive", "-serial", "-netdev", "-vnc", "tap", "ifname=", ":0", "-", "--drive", "-hda", "-fda", "/dev/x", "socket", ",", "path=/x", "fd=", "9", "file=/", "file:", "=", "", "\0", "é",
        ]
        for _ in 0..<2_000 {
            let words = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            }
            guard let line = try? DeviceModelCommandLine(["-xen-domid", "1"] + words) else { continue }
            // No path of the host's is left for QEMU to open, where it is one of those that are known.
            #expect(line.openings.keys.allSatisfy { (3..<64).contains($0) }, "seed \(seed)")
        }
    }
}

extension DeviceModelCommandLine {
    /// For a device model of user 5.
    init(_ words: [String]) throws(Mistake) { try self.init(words, sockets: DeviceModelSockets(of: 5)) }
}
