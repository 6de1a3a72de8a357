import Testing

@testable import DMRestrict

/// A configuration becomes the words that a tool stack gives QEMU, or says why not.
@Suite struct DeviceModelArgumentsTests {
    private static func words(_ text: String, memory: Int = 56) throws -> [String] {
        let configuration = try DomainConfiguration(parsing: Array(("name = \"a,b\"\ntype = \"hvm\"\n" + text + "\n").utf8))
        return try DeviceModelArguments(for: configuration, domain: 7, memory: memory).words
    }

    @Test func aGuestOfNothingHasAConsoleAndAScreen() throws {
        #expect(
            try Self.words("") == [
                "-xen-domid", "7", "-no-shutdown", "-nodefaults", "-no-user-config", "-name", "a,,b", "-vnc", "127.0.0.1:0,to=99",
                "-display", "none", "-device", "cirrus-vga,vgamem_mb=8", "-serial", "pty", "-boot", "order=cda", "-net", "none",
                "-machine", "xenfv,suppress-vmdesc=on", "-m", "56",
            ])
    }

    @Test(arguments: [
        (#"vnc = 0"#, ["-vnc", "none"]),
        (#"vga = "stdvga""#, ["-device", "VGA,vgamem_mb=16"]),
        (#"vnclisten = "::1:3""#, ["-vnc", "::1:3,to=99"]),
        ("vncdisplay = 4\nvncunused = 0", ["-vnc", "127.0.0.1:4"]),
        ("vcpus = 2\nmaxvcpus = 4", ["-smp", "2,maxcpus=4"]),
        (#"serial = [ "pty", "file:/tmp/a" ]"#, ["-serial", "pty", "-serial", "file:/tmp/a"]),
        (#"usbdevice = "tablet""#, ["-usb", "-device", "usb-tablet"]),
        (#"boot = "n""#, ["-boot", "order=n"]),
        (#"disk = [ "/a,,b,raw,hda,rw" ]"#, []),
        (#"disk = [ "format=qcow2,vdev=hdb,access=rw,target=/i/a,b" ]"#,
            ["-drive", "if=ide,index=1,media=disk,id=hdb,file=/i/a,,b,format=qcow2,cache=writeback"]),
        (#"disk = [ "format=raw,vdev=sdb,access=ro,target=/i" ]"#,
            ["-device", "lsi53c895a,id=scsi0", "-drive", "if=none,id=drive-sdb,file=/i,format=raw,cache=writeback,readonly=on", "-device",
                "scsi-hd,id=sdb,drive=drive-sdb,bus=scsi0.0,scsi-id=1"]),
        (#"disk = [ "format=raw,vdev=hdc,devtype=cdrom,access=ro,target=" ]"#,
            ["-drive", "if=none,readonly=on,id=drive-hdc", "-device", "ide-cd,id=hdc,drive=drive-hdc,bus=ide.1,unit=0"]),
        (#"vif = [ "mac=00:16:3e:01:02:03,bridge=br0,model=e1000" ]"#,
            ["-device", "e1000,id=nic0,netdev=net0,mac=00:16:3e:01:02:03", "-netdev", "type=tap,id=net0,ifname=vif7.0-emu,br=br0"]),
        (#"vif = [ "type=vif" ]"#, ["-net", "none"]),
        (#"device_model_args = [ "-rtc", "clock=vm" ]"#, ["-rtc", "clock=vm"]),
    ])
    func whatIsAskedForIsThere(_ text: String, _ wanted: [String]) throws {
        guard !wanted.isEmpty else { return _ = #expect(throws: (any Error).self) { try Self.words(text) } }
        let words = try Self.words(text)
        #expect(words.indices.contains { words[$0...].starts(with: wanted) }, "\(words)")
    }

    @Test(arguments: [
        (#"serial = "tcp:host:1""#, "serial"), (#"soundhw = "ac97""#, "soundhw"), ("sdl = 1", "sdl"), (#"vncpasswd = "x""#, "vncpasswd"),
        (#"vga = "qxl""#, "vga"), (#"usbdevice = "host:1.2""#, "usbdevice"), (#"vif = [ "script=x" ]"#, "vif"), (#"vif = [ "backend=d" ]"#, "vif"),
        (#"disk = [ "format=raw,vdev=hda,access=ro,target=/i" ]"#, "disk"), (#"disk = [ "format=raw,vdev=hde,access=rw,target=/i" ]"#, "disk"),
        (#"disk = [ "format=raw,vdev=hda1,access=rw,target=/i" ]"#, "disk"),
        (#"type = "pv""#, "type"),
    ])
    func whatCannotBeIsRefusedByItsKey(_ text: String, _ key: String) throws {
        do {
            let words = try Self.words(text)
            Issue.record("\(words)")
        } catch let mistake as DeviceModelArguments.Mistake {
            #expect(mistake.key == key && !mistake.text.isEmpty)
        }
    }

    /// QEMU is left nothing of the host's to open.
    @Test func allThatIsOpenedIsTaken() throws {
        let line = try DeviceModelCommandLine(
            Self.words(
                """
                disk = [ "format=raw,vdev=hda,access=rw,target=/i/a", "format=raw,vdev=hdc,devtype=cdrom,access=ro,target=/i/c" ]
                vif = [ "bridge=br0" ]
                serial = [ "pty", "pty", "file:/var/log/guest" ]
                """))
        let sockets = DeviceModelSockets(of: 5)
        #expect(
            Set(line.openings.values) == [
                .image("/i/a", isWritable: true), .image("/i/a", isWritable: false), .image("/i/c", isWritable: false),
                .tap("vif7.0-emu", bridge: "br0"), .listener(sockets.console()), .listener(sockets.console(2)), .output("/var/log/guest"),
                .listener(sockets.monitor),
            ])
        #expect(line.display?.place == .address("127.0.0.1", ports: 5_900...5_999))
        #expect(!line.arguments.contains { $0.contains("/i/") || $0.contains("/var/") || $0.contains("ifname") || $0.contains("127.0.0.1") })
    }
}
