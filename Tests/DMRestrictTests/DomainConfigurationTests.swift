@testable import DMRestrict
import Testing

@Suite("A domain's configuration, key by key")
struct DomainConfigurationTests {
    private static func read(_ text: String, name: String = "name='a'\n") throws(ConfigurationMistake) -> DomainConfiguration {
        try DomainConfiguration(parsing: Array((name + text).utf8))
    }

    /// What is wrong, in the second line.
    private static func mistake(_ text: String) -> String? {
        do throws(ConfigurationMistake) {
            _ = try read(text)
            return nil
        } catch {
            #expect(error.position.line == 2, "\(text)")
            return error.text
        }
    }

    @Test("Each key has its value")
    func values() throws {
        func expect<Value: Equatable>(_ text: String, _ path: KeyPath<DomainConfiguration, Value>, _ value: Value) throws {
            #expect(try Self.read(text)[keyPath: path] == value, "\(text)")
        }
        try expect("", \.kind, .pv)
        try expect("type='hvm'", \.kind, .hvm)
        try expect("type='pvh'", \.kind, .pvh)
        try expect("builder='generic'", \.kind, .pv)
        try expect("builder='hvm';type='hvm'", \.kind, .hvm)
        try expect("uuid='5947f90b-3510-4c1f-aafc-033FDB47cf10'", \.uuid, "5947f90b-3510-4c1f-aafc-033FDB47cf10")
        try expect("memory=64;maxmem=128", \.memory, 64)
        try expect("memory=64;maxmem='0x80'", \.maximumMemory, 128)
        try expect("memory='  +0100'", \.memory, 64)
        try expect("vcpus=2;maxvcpus=4", \.processors, 2)
        try expect("vcpus=2;maxvcpus=4", \.maximumProcessors, 4)
        try expect("seclabel='u:r:t'", \.label, "u:r:t")
        try expect("init_seclabel='u:r:t'", \.label, "u:r:t")
        try expect("init_seclabel='u:r:i';seclabel='u:r:t'", \.label, "u:r:t")
        try expect("init_seclabel='u:r:i';seclabel='u:r:t'", \.buildLabel, "u:r:i")
        try expect("kernel='/k';ramdisk='/r'", \.kernel, "/k")
        try expect("kernel='/k';ramdisk='/r'", \.ramdisk, "/r")
        try expect("extra='x';root='/dev/xvda'", \.commandLine, "root=/dev/xvda x")
        try expect("extra='x';cmdline='y'", \.commandLine, "y")
        try expect("vga='stdvga'", \.display.card, .standard)
        try expect("stdvga=1", \.display.card, .standard)
        try expect("stdvga=0", \.display.card, .cirrus)
        try expect("stdvga=1;vga='none'", \.display.card, DisplayConfiguration.Card.none)
        try expect("videoram=16", \.display.videoMemory, 16)
        try expect("vnc=1", \.display.isVNC, true)
        try expect("vnc='0'", \.display.isVNC, false)
        try expect("vnclisten='127.0.0.1'", \.display.vncAddress, "127.0.0.1")
        try expect("vnclisten='::1';vncdisplay=0", \.display.vncAddress, "::1")
        try expect("vncdisplay=5", \.display.vncNumber, 5)
        try expect("vncunused=1", \.display.vncFindsUnused, true)
        try expect("vncpasswd=''", \.display.vncPassword, "")
        try expect("sdl=0", \.display.isSDL, false)
        try expect("keymap='en-us'", \.display.keymap, "en-us")
        try expect("serial='pty'", \.serialPorts, ["pty"])
        try expect("serial=['pty','file:/x']", \.serialPorts, ["pty", "file:/x"])
        try expect("boot='cdn'", \.bootOrder, "cdn")
        try expect("usb=1;usbversion=2", \.isUSB, true)
        try expect("usb=1;usbversion=2", \.usbVersion, 2)
        try expect("usbdevice='tablet'", \.usbDevices, ["tablet"])
        try expect("usbdevice=['tablet','host:1.1']", \.usbDevices, ["tablet", "host:1.1"])
        try expect("soundhw='ac97'", \.soundCard, "ac97")
        try expect("dm_restrict=1", \.deviceModel.isRestricted, true)
        try expect("device_model_version='qemu-xen'", \.deviceModel.version, .qemu)
        try expect("device_model_override='/q'", \.deviceModel.program, "/q")
        try expect("device_model_user='xen-qemuuser'", \.deviceModel.user, "xen-qemuuser")
        try expect("device_model_args=['-a','b']", \.deviceModel.arguments, ["-a", "b"])
        try expect("device_model_args_hvm=['-a']", \.deviceModel.hvmArguments, ["-a"])
        try expect("device_model_args_pv=[]", \.deviceModel.pvArguments, [])
        try expect("device_model_stubdomain_override=1", \.deviceModel.isInStubDomain, true)
        try expect("device_model_stubdomain_seclabel='u:r:t'", \.deviceModel.stubDomainLabel, "u:r:t")
        try expect("", \.name, "a")
        try expect("name+='b'", \.name, "ab")
    }

    @Test("Each key's wrong values are refused, with what is right")
    func mistakes() {
        let list = "`%` is to be a list of strings"
        let strings = [
            "type", "builder", "uuid", "seclabel", "init_seclabel", "kernel", "ramdisk", "cmdline", "root", "extra", "vga", "vnclisten", "vncpasswd",
            "keymap", "boot", "soundhw", "device_model_version", "device_model_override", "device_model_user", "device_model_stubdomain_seclabel",
        ]
        for key in strings { #expect(Self.mistake("\(key)=[1]") == "`\(key)` is to be a string") }
        let numbers: [(String, ClosedRange<Int>)] = [
            ("memory", 1...1 << 26), ("maxmem", 1...1 << 26), ("vcpus", 1...8_192), ("maxvcpus", 1...8_192), ("videoram", 0...4_096),
            ("vncdisplay", 0...59_635), ("usbversion", 1...3), ("stdvga", 0...1), ("vnc", 0...1), ("vncunused", 0...1), ("sdl", 0...1), ("usb", 0...1),
            ("dm_restrict", 0...1), ("device_model_stubdomain_override", 0...1),
        ]
        for (key, range) in numbers {
            let bounds = "`\(key)` is to be from \(range.lowerBound) to \(range.upperBound)"
            #expect(Self.mistake("\(key)=[]") == "`\(key)` is to be a number")
            for text in ["x", "1x", "", "-", "0x", "1.5", "1 ", "08", "0xg", "--1", "+-1", "１"] {
                #expect(Self.mistake("\(key)='\(text)'")?.hasPrefix("`\(key)` is ") == true, "\(key) \(text)")
                #expect(Self.mistake("\(key)='\(text)'")?.hasSuffix(", which is no number") == true, "\(key) \(text)")
            }
            #expect(Self.mistake("\(key)='\(range.lowerBound - 1)'") == bounds)
            #expect(Self.mistake("\(key)=\(range.upperBound + 1)") == bounds)
            #expect(Self.mistake("\(key)=99999999999999999999") == bounds)
            #expect(Self.mistake("\(key)+=1") == "`\(key)` is a number, which nothing can be added to: use `=`")
            #expect(Self.mistake("\(key)=\(range.lowerBound)") == nil)
            #expect(Self.mistake("\(key)=\(range.upperBound)") == nil)
        }
        for key in ["disk", "vif", "device_model_args", "device_model_args_hvm", "device_model_args_pv"] {
            #expect(Self.mistake("\(key)='x'") == list.replacing("%", with: key))
            #expect(Self.mistake("\(key)=[[]]") == list.replacing("%", with: key))
        }
        let cases: [(String, String)] = [
            ("name=''", "`name` is to be a name of at most 255 bytes without `/` and control characters"),
            ("name='a/b'", "`name` is to be a name of at most 255 bytes without `/` and control characters"),
            ("name='a\\nb'", "`name` is to be a name of at most 255 bytes without `/` and control characters"),
            ("type='hmv'", "`type` cannot be `hmv`: did you mean `hvm`?"), ("type=''", "`type` cannot be nothing: it is one of hvm, pv, pvh"),
            ("builder='linux'", "`builder` cannot be `linux`: it is one of hvm, generic"),
            ("type='pv';builder='hvm'", "`builder` contradicts `type`: leave one of them out"),
            ("type='pvh';builder='generic'", "`builder` contradicts `type`: leave one of them out"),
            ("uuid='5947f90b35104c1faafc033fdb47cf10'", "`uuid` is to be a UUID as in `5947f90b-3510-4c1f-aafc-033fdb47cf10`"),
            ("uuid='5947f90b-3510-4c1f-aafc-033fdb47cf1g'", "`uuid` is to be a UUID as in `5947f90b-3510-4c1f-aafc-033fdb47cf10`"),
            ("memory=64;maxmem=32", "`maxmem` contradicts `memory`: leave one of them out"),
            ("vcpus=4;maxvcpus=2", "`maxvcpus` contradicts `vcpus`: leave one of them out"),
            ("type='hvm';vcpus=129", "`vcpus` is to be from 1 to 128"),
            ("seclabel='x'", "`seclabel` is to be a security label as in `system_u:system_r:domU_t`"),
            ("seclabel='u:r:t x'", "`seclabel` is to be a security label as in `system_u:system_r:domU_t`"),
            ("kernel=''", "`kernel` is to be a file's name"),
            ("vga='std'", "`vga` cannot be `std`: it is one of stdvga, cirrus, none, qxl"),
            ("vga='cirus'", "`vga` cannot be `cirus`: did you mean `cirrus`?"),
            ("vnclisten='127.0.0.1:1';vncdisplay=2", "`vncdisplay` contradicts `vnclisten`: leave one of them out"),
            ("vnclisten='0.0.0.0,password=off'", "`vnclisten` is to be an address"),
            ("keymap='../x'", "`keymap` is to be a word"), ("serial=['pty',[]]", "`serial` is to be a list of strings"),
            ("serial=''", "`serial` is to be text without control characters"), ("serial=['\\n']", "`serial` is to be text without control characters"),
            ("boot='cc'", "`boot` is to be letters of `a`, `c`, `d` and `n`, each once"),
            ("boot='z'", "`boot` is to be letters of `a`, `c`, `d` and `n`, each once"),
            ("soundhw='hda,x'", "`soundhw` is to be a word"), ("device_model_version='qemu'", "`device_model_version` cannot be `qemu`: it is one of qemu-xen, qemu-xen-traditional"),
            ("device_model_override='qemu'", "`device_model_override` is to be an absolute path"), ("device_model_user='a b'", "`device_model_user` is to be a user's name"),
            ("disks=[]", "xl has no key `disks`: did you mean `disk`?"), ("memmory=1", "xl has no key `memmory`: did you mean `memory`?"),
            ("zzzzzzzz=1", "xl has no key `zzzzzzzz`: leave it out"), ("cdrom='/x'", "xl has no key `cdrom`: leave it out"),
            // What is replaced later is looked at for its name only.
            ("typo=1;typo='x'", "xl has no key `typo`: did you mean `type`?"),
        ]
        for (text, message) in cases { #expect(Self.mistake(text) == message, "\(text)") }
        #expect(Self.mistake("type='x';type='pv'") == nil)
        #expect(throws: ConfigurationMistake(ConfigurationPosition(line: 1, column: 1), .missing("name"))) { _ = try Self.read("", name: "") }
    }

    @Test("Keys that are not the device model's are listed with their places, whatever they are set to")
    func ignored() throws {
        let configuration = try Self.read("acpi=1\non_crash='restart'\n  cpus = [[]]; spice=1\n")
        let names = configuration.ignored.map { "\($0.name) \($0.position.line):\($0.position.column) \($0.concernsDeviceModel)" }
        #expect(names == ["acpi 2:1 true", "on_crash 3:1 false", "cpus 4:3 false", "spice 4:16 true"])
        let all = [ConfigurationKeys.read, ConfigurationKeys.ofDeviceModel, ConfigurationKeys.others]
        #expect(Set(all.flatMap(\.self)).count == all.map(\.count).reduce(0, +))
    }

    // MARK: - Disks and network interfaces

    @Test("Disks by name, by place and with old prefixes")
    func disks() throws {
        func disk(_ text: String, _ change: (inout DiskConfiguration) -> Void) throws {
            var wanted = DiskConfiguration()
            wanted.target = "/x"
            wanted.virtualDevice = "hda"
            change(&wanted)
            #expect(try DiskParser.disk(text) == wanted, "\(text)")
        }
        try disk("format=raw,vdev=hda,access=rw,target=/x") { _ in }
        try disk("vdev=hda,target=/x,y=z,,") { $0.target = "/x,y=z," }
        try disk("/x,raw,hda,rw") { _ in }
        try disk("/x,,hda") { _ in }
        try disk(" /x, qcow2, hda, r") { ($0.format, $0.isWritable) = (.qcow2, false) }
        try disk("phy:/x,hda,w") { _ in }
        try disk("file:/x,hda,w") { _ in }
        try disk("tap:aio:/x,hda") { _ in }
        try disk("qcow2:/x,hda") { $0.format = .qcow2 }
        try disk("iscsi:/x,hda") { $0.script = "block-iscsi" }
        try disk("/x,raw,hda:disk,ro") { $0.isWritable = false }
        try disk("/x,raw,hda:cdrom,w") { ($0.isCDROM, $0.isWritable) = (true, false) }
        try disk(",hda:cdrom,r") { ($0.isCDROM, $0.isWritable, $0.format, $0.target) = (true, false, .empty, "") }
        try disk("vdev=hda,cdrom") { ($0.isCDROM, $0.isWritable, $0.format, $0.target) = (true, false, .empty, nil) }
        try disk("vdev=hda,devtype=cdrom,target=/x") { ($0.isCDROM, $0.isWritable) = (true, false) }
        try disk("vdev=hda,backendtype=qdisk,target=/x") { $0.backend = .deviceModel }
        try disk("vdev=hda,backendtype=phy,backend=dom1,target=/x") { ($0.backend, $0.backendDomain) = (.blockDevice, "dom1") }
        try disk("vdev=hda,discard,direct-io-safe,target=/x") { ($0.discards, $0.isDirectIOSafe) = (true, true) }
        try disk("vdev=hda,no-discard,specification=virtio,script=s,target=/x") { ($0.discards, $0.specification, $0.script) = (false, .virtio, "s") }
        for device in ["xvda", "xvdaa", "hdc1", "sda15", "vdb", "d0", "d12p3", "51712"] {
            try disk("vdev=\(device),target=/x") { $0.virtualDevice = device }
        }
    }

    @Test("Mistakes in disks and interfaces stand at the element, and name the part")
    func parts() {
        let disks: [(String, String)] = [
            ("", "in `disk`: there is no virtual device: add `vdev=…`"), ("/x", "in `disk`: there is no virtual device: add `vdev=…`"),
            ("vdev=hda", "in `disk`: there is no target, and it is no CD: add `target=…`"),
            ("vdev=,target=/x", "in `disk`: a virtual device is called `hda`, `sdb`, `xvdc`… or `d0p1`"),
            ("vdev=../hda,target=/x", "in `disk`, `../hda`: a virtual device is called `hda`, `sdb`, `xvdc`… or `d0p1`"),
            ("vdev=hda,vdev=hdb,target=/x", "in `disk`, `vdev`: it is given twice"), ("/x,raw,hda,w,y", "in `disk`, `y`: there are too many parameters without names"),
            ("format=rav,vdev=hda,target=/x", "in `disk`, `rav`: `format` is one of raw, qcow, qcow2, vhd, qed, empty"),
            ("format=raw,format=qcow,vdev=hda,target=/x", "in `disk`, `qcow`: the format is given twice"),
            ("acces=r,vdev=hda,target=/x", "in `disk`, `acces`: there is no such parameter: did you mean `access`?"),
            ("discard=1,vdev=hda", "in `disk`, `discard`: it takes no value"),
            ("vdev=hda,untrusted,target=/x", "in `disk`, `untrusted`: xl 4.17 takes it for a target: leave it out"),
            ("access=x,vdev=hda,target=/x", "in `disk`, `x`: access is `r`, `ro`, `rw` or `w`"), ("devtype=tape,vdev=hda", "in `disk`, `tape`: a type is `cdrom` or `disk`"),
            ("backendtype=x,vdev=hda", "in `disk`, `x`: `backendtype` is one of phy, tap, qdisk, standalone"), ("foo:/x,hda", "in `disk`, `foo:`: there is no such prefix"),
            ("colo,vdev=hda", "in `disk`, `colo`: COLO is not supported: leave it out"), ("/x,raw,hda:tape", "in `disk`, `tape`: a type is `cdrom` or `disk`"),
            ("x\\ny,raw,hda", "in `disk`: it has a line's end in it"), (String(repeating: "x", count: 4_097), "in `disk`: it is longer than 4096 bytes"),
        ]
        for (text, message) in disks {
            #expect(Self.mistake("disk=['\(text)']") == message)
            do throws(ConfigurationMistake) {
                _ = try Self.read("disk = [ 'vdev=hda,target=/x',\n\n  '\(text)' ]")
                Issue.record("it was taken: \(text)")
            } catch {
                #expect(error.position == ConfigurationPosition(line: 4, column: 3))
            }
        }
        let address = "an address is six bytes, as in `00:16:3e:00:00:01`"
        let rate = "a rate is as `10Mb/s` or `10MB/s@50ms`"
        let device = "a device's name is at most 15 characters, without blanks, `/` and `:`"
        let interfaces: [(String, String)] = [
            ("mac=00:16:3e:00:00", "`00:16:3e:00:00`: \(address)"), ("mac=00:16:3e:00:00:01:02", "`00:16:3e:00:00:01:02`: \(address)"),
            ("mac=00:16:3e:00:00:0g", "`00:16:3e:00:00:0g`: \(address)"), ("mac=00:16:3e:00:00:+1", "`00:16:3e:00:00:+1`: \(address)"), ("mac=", ": \(address)"),
            ("type=tap", "`tap`: a type is `vif` or `ioemu`"), ("bridge=", ": \(device)"), ("bridge=a b", "`a b`: \(device)"), ("vifname=../../etc/passwd", "`../../etc/passwd`: \(device)"),
            ("vifname=abcdefghijklmnop", "`abcdefghijklmnop`: \(device)"), ("model=e1000 x", "`e1000 x`: a model is letters, digits, `-`, `_` and `.`"),
            ("rate=10", "`10`: \(rate)"), ("rate=Mb/s", "`Mb/s`: \(rate)"), ("rate=1Mb/s@x", "`1Mb/s@x`: \(rate)"), ("rate=99999999999b/s", "`99999999999b/s`: \(rate)"),
            ("devid=-1", "`-1`: it is to be from 0 to 65535"), ("mtu=67", "`67`: it is to be from 68 to 65535"), ("modl=x", "`modl`: there is no such parameter: did you mean `model`?"),
            ("trusted=1", "`trusted`: it takes no value"), ("bridge", "`bridge`: it has no value"), ("x", "`x`: there is no such parameter"), ("accel=1", "`accel`: xl does not support it: leave it out"),
            ("forwarddev=x", "`forwarddev`: COLO is not supported: leave it out"), ("colo_sock_mirror_id=1", "`colo_sock_mirror_id`: COLO is not supported: leave it out"),
            ("script=", ": it is empty or has control characters"),
        ]
        for (text, message) in interfaces { #expect(Self.mistake("vif=['\(text)']") == "in `vif`" + (message.hasPrefix(":") ? "" : ", ") + message, "\(text)") }
    }

    @Test("Network interfaces")
    func interfaces() throws {
        func interface(_ text: String, _ change: (inout NetworkInterfaceConfiguration) -> Void) throws {
            var wanted = NetworkInterfaceConfiguration()
            change(&wanted)
            #expect(try NetworkInterfaceParser.interface(text) == wanted, "\(text)")
        }
        try interface("") { _ in }
        try interface(" , ,") { _ in }
        try interface("mac=00:16:3E:0:0:ff, bridge=xenbr0,model=e1000,type=ioemu") {
            ($0.address, $0.bridge, $0.model, $0.kind) = ([0, 0x16, 0x3E, 0, 0, 0xFF], "xenbr0", "e1000", .emulated)
        }
        try interface("type=vif,gatewaydev=eth0,ip=10.0.0.1 10.0.0.2,script=vif-route,backend=net,vifname=v1.0") {
            ($0.kind, $0.gatewayDevice, $0.internetAddress, $0.script, $0.backendDomain, $0.hostName) = (.paravirtual, "eth0", "10.0.0.1 10.0.0.2", "vif-route", "net", "v1.0")
        }
        try interface("rate=10MB/s@50ms,devid=3,mtu=9000,untrusted") { ($0.rate, $0.deviceNumber, $0.maximumTransferUnit, $0.isTrusted) = ("10MB/s@50ms", 3, 9_000, false) }
        for rate in ["1b/s", "1GB/s", "5Kb/s@1", "5Kb/s@1s", "5Kb/s@20us"] { try interface("rate=\(rate)") { $0.rate = rate } }
    }
}
