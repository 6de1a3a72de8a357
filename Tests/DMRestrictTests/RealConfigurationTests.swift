@testable import DMRestrict
import Foundation
import JSON
import Testing
import TestSupport

@Suite("xl understands of a configuration what is understood here")
struct RealConfigurationTests {
    private static let start = "name = 'a'\ntype = 'hvm'\nuuid = '5947f90b-3510-4c1f-aafc-033fdb47cf10'\n"

    private static func read(_ text: String) -> Result<DomainConfiguration, ConfigurationMistake> {
        do throws(ConfigurationMistake) {
            return .success(try DomainConfiguration(parsing: Array(text.utf8)))
        } catch {
            return .failure(error)
        }
    }

    /// Whether xl is known to take what is a mistake here.
    private static func isStricter(_ mistake: ConfigurationMistake, _ text: String) -> Bool {
        switch mistake.what {
        case .numericEscape, .notUTF8, .tooLong, .tooDeep: true
        // xl passes over one byte that is the last and begins nothing.
        case .strangeByte(let byte): text.utf8.last == byte
        case .openComment: text.utf8.last == UInt8(ascii: "#")
        // Values are looked at more closely than xl does.
        case .unknownKey, .wrongType, .notNumber, .addedNumber, .outOfRange, .unknownWord, .unsuitable, .contradiction, .missing: true
        // xl passes over a sign that is a disk's last byte.
        case .part("disk", _, let wrong) where wrong.hasPrefix("there is no such parameter") || wrong == "it takes no value": text.contains("='")
        case .part("disk", _, let wrong): wrong.contains("COLO") || wrong.contains("xl 4.17") || wrong.contains("a virtual device is called")
        case .part: true
        default: false
        }
    }

    /// Compares what xl and we say of a text; whether it is taken here.
    @discardableResult
    private static func compare(_ text: String, _ xl: RealToolStack) throws -> Bool {
        let understood = try xl.understands(Array(text.utf8))
        switch read(text) {
        case .success(let configuration):
            let other = try #require(understood, "xl refuses:\n\(text)")
            let (ours, theirs) = (configuration.understood, DomainConfiguration.understood(by: other))
            for name in Set(ours.keys).union(theirs.keys) where name != "uuid" || configuration.uuid != nil {
                #expect(ours[name] == theirs[name], "\(name) of:\n\(text)")
            }
            return true
        case .failure(let mistake):
            #expect(understood == nil || isStricter(mistake, text), "xl takes, and here it is: \(mistake.text)\n\(text)")
            return false
        }
    }

    @Test("Configurations of many forms")
    func forms() async throws {
        guard let xl = try RealToolStack() else { return }
        let texts = [
            "memory = 64\nmaxmem = 0x80\nvcpus = '2'\nmaxvcpus = 010\nseclabel = 'u:r:t'\n",
            "memory = 64;vcpus=1;init_seclabel='u:r:i';seclabel='u:r:t'", "vnc=1\nvnclisten='127.0.0.1'\nvncdisplay=7\nvncunused=0\nvncpasswd='x y'\nkeymap='de'",
            "serial='pty'\nusbdevice='tablet'\nusb=1\nboot='cd'\nsoundhw='hda'\nvga='cirrus'\nvideoram=8\nsdl=0\n",
            "serial=['pty','null',\n# a comment\n'file:/x']\nusbdevice=['tablet','mouse']\nstdvga=1\nusbversion=3",
            "device_model_version='qemu-xen'\ndevice_model_override='/q'\ndevice_model_user='q'\ndevice_model_args=['-a','b c',]\ndevice_model_args_hvm=['x']\ndevice_model_args_pv=['y']\ndm_restrict=1\n",
            "device_model_stubdomain_override=0\ndevice_model_stubdomain_seclabel='u:r:d'\n", "kernel='/k'\nramdisk='/r'\nroot='/dev/x'\nextra='a=b \"c\"'\n",
            "cmdline='one'\ncmdline+=' two'\nextra='x'", #"cmdline = "\"\'\\ \t\a\b\f\v\n\r é""#, "vga='none'\nstdvga=1", "vnclisten='::1:0'\nvncdisplay=0",
            "disk = [ 'format=raw,vdev=hda,access=rw,backendtype=qdisk,target=/x,y=z', '/x,raw,xvdb,w', 'phy:/dev/x,hdc:cdrom,r', ',hdd:cdrom,r', 'vdev=sda,cdrom' ]",
            "disk = [ '/x,,hda', ' /x , qcow2,  hdb , r'\n]\ndisk += [ 'tap:aio:/x,hdc', 'iscsi:iqn,xvda', 'qcow2:/x,d0p1' ]", "disk=['/x,qcow,hda,ro','vdev=hdb,format=empty,devtype=cdrom,backend=d,script=s,target=']",
            "disk=['vdev=xvda,discard,direct-io-safe,specification=xen,target=/x']", "disk=['vdev=xvda,no-discard,no-colo,backendtype=phy,format=,access=,target=/x,']",
            "vif=['', 'mac=00:16:3E:1:2:3, bridge=br0,model=e1000,type=ioemu', 'type=vif,gatewaydev=g,ip=1.2.3.4,script=s,backend=b,vifname=v,mtu=1400,devid=7,trusted']",
            "vif=['rate=10MB/s@50ms','rate=1b/s,untrusted',' , ,']", "builder='hvm'", "type='pvh'\nkernel='/k'\n", "type='pv'\nkernel='/k'\nmemory=32\n", "name+='b'\n", "memory=1\nmemory=2\n", "vcpus=128",
            "; ;\n;memory=64;\n# x = y\n", "memory=64 # comment\n", "serial=[]", "disk=[]\nvif=[]", "device_model_args=[\n\n'a'\n,\n'b'\n\n,\n]", "acpi=1\ncpus=[]\non_crash='restart'\n",
            // What is none.
            "memory", "memory=", "memory=64 vcpus=2", "memory=-1", "memory=64\r\n", "A=1", "extra='x", "extra='x\\", "extra='\\q'", "extra='x\n'", "# no end", "memory=64 # no end", "serial=[1 2]", "serial=[,]",
            "serial=['a',,'b']", "serial=['a'", "serial=]", "serial='a'\nserial+=['b']", "serial=['a']\nserial+='b'", "extra=x", "=1", "1=1", "extra='x''y'", "extra=12zz", "+=1", "extra=\n1", "vnc={}", "serial=['a';'b']",
            "disk=['']", "disk=['/x']", "disk=['vdev=hda']", "disk=['vdev=hda,vdev=hdb,target=/x']", "disk=['/x,raw,hda,w,y']", "disk=['format=rav,vdev=hda,target=/x']", "disk=['format=raw,format=qcow,vdev=hda,target=/x']",
            "disk=['acces=r,vdev=hda,target=/x']", "disk=['access=x,vdev=hda,target=/x']", "disk=['devtype=tape,vdev=hda']", "disk=['backendtype=x,vdev=hda']", "disk=['foo:/x,hda']", "disk=['/x,raw,hda:tape']",
            "disk=['phy:,hda']", "disk=['hdc:']", "disk=['/x,raw,hda:']", "disk=['/x,raw,a:b:cdrom']", "disk=[',,hda']", "disk=[',raw,hda:cdrom']", "disk=['=x']", "disk=['vdev=hda=x,target=/x']", "disk=['target=/x,vdev=hda']",
            "disk=['/x,raw,hda,access=r']", "disk=['vdev=hda,untrusted,target=/x']", "disk=['vdev=hda,/x']", "disk=['vdev=,vdev=hda,target=/x']", "disk=['file:phy:/x,hda']", "disk=['raw:qcow:/x,hda']", "disk=['raw:/x,qcow,hda']",
        ]
        let taken = try await inPairs(texts) { try Self.compare(Self.start + $0, xl) }
        #expect(taken.count { $0 } > 30 && taken.count { !$0 } > 30)
    }

    @Test("Configurations that are made at random")
    func random() async throws {
        guard let xl = try RealToolStack() else { return }
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let cases = RandomTest.cases(80)
        let texts = (0..<cases).map { _ in Self.text(&random) }
        let taken = try await inPairs(texts) { try Self.compare($0, xl) }
        #expect(taken.count { $0 } > cases / 4 && taken.count { !$0 } > cases / 10)
    }

    private static let good = [
        "memory=64", "maxmem = 0x80", "memory = '0200'", "vcpus=2", "maxvcpus=8", "serial='pty'", "serial = ['pty', 'null']", "serial=[\n'pty',\n# c\n]", "vnc=1", "vnclisten='::1'",
        "vncdisplay = 3", "boot='dc'", "boot+='n'", "usbdevice='tablet'", "usbdevice = [ 'tablet', 'mouse' ]", "device_model_args=['a']", "device_model_args += [ 'b' , \"c\" ]", "extra='x'", "extra += ' y'",
        "extra = '\\t\\\\'", "root=1", "kernel = \"/k\"", "keymap='fr'", "usb=1", "sdl=0", "dm_restrict=1", "stdvga = 0", "videoram=16", "vga='qxl'", "seclabel='u:r:t'", "acpi=1",
    ]
    private static let keys = ["memory", "vcpus", "serial", "vnc", "boot", "usbdevice", "device_model_args", "extra", "kernel", "usb", "Name", "0"]
    private static let values = ["64", "010", "'pty'", "['a', 'b']", "[]", "[\n'x',\n]", "1", "'a\\b'", "'\\x41'", "-1", "x", "'", "[", "[[1]]", "]", ""]
    private static let names = [
        "format=raw", "format=qcow2", "format=", "access=ro", "access=w", "devtype=cdrom", "devtype=disk", "cdrom", "backendtype=qdisk", "backendtype=phy", "discard", "no-discard", "script=s",
        "direct-io-safe", "backend=d",
    ]
    private static let words = [
        "/x", "raw", "qcow2", "hda", "xvdb", "hdc:cdrom", "r", "w", "", " ", " ro", "vdev=hdb", "format=vhd", "phy:/y", "file:/z", "target=/t,u", "x=y", "tap:aio:/x", "raw:", "nbd:x", "vdev=",
    ]
    private static let parts = [
        "mac=00:16:3e:00:00:0a", "bridge=br1", " model=rtl8139", "type=ioemu", "type=vif", "vifname=x", "script=s", "", "ip=10.0.0.1", "mtu=1500", "rate=1Mb/s", "backend=b", "untrusted",
    ]

    private static func text(_ random: inout SplitMix64) -> String {
        var text = start
        for _ in 0..<random.below(4) {
            text += random.percent(90) ? random.pick(good) : random.pick(keys) + random.pick(["=", " = ", " += "]) + random.pick(values)
            text += random.pick(["\n", ";", " # c\n", "\n\n"])
        }
        let disks = (0..<random.below(3)).map { _ in
            let isNamed = random.percent(60)
            let places = random.percent(70) ? ["/x", random.pick(["", "raw", "qcow"]), random.pick(["hda", " xvdb", "hdc:cdrom"]), random.pick(["w", "r", ""])] : []
            let free = random.percent(20) ? (0..<1 + random.below(4)).map { _ in random.pick(words) } : []
            let named = random.some(names, 0, 3) + ["vdev=hdb"] + random.some(["target=/t,u", "target="], 1, 1)
            return "'" + ((isNamed ? named : places) + free).joined(separator: random.pick([",", ", "])) + "'"
        }
        if random.percent(60) { text += "disk = [ \(disks.joined(separator: ", ")) ]\n" }
        let interfaces = (0..<random.below(3)).map { _ in "'" + random.some(parts, 0, 4).joined(separator: ",") + "'" }
        if random.percent(50) { text += "vif = [ \(interfaces.joined(separator: ",\n")) ]\n" }
        guard random.percent(15) else { return text }
        // A byte of it is another.
        var bytes = Array(text.utf8)
        bytes[random.below(bytes.count)] = UInt8(32 + random.below(95))
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Every key that is known here is one of xl's")
    func keys() throws {
        let program = URL(fileURLWithPath: "/usr/lib/xen-4.17/bin/xl")
        guard BuiltPackage.executable(program) != nil else {
            return Peer.missing("xen-utils-4.17: its keys were not compared")
        }
        // Its strings that look like keys: each ends with a zero, and begins behind one.
        let strings = Set(try Data(contentsOf: program).split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
        let known = ConfigurationKeys.read.union(ConfigurationKeys.ofDeviceModel).union(ConfigurationKeys.others)
        // The linker joins a string to another that ends with it.
        for key in known { #expect(strings.contains { $0.hasSuffix(key) }, "xl does not know `\(key)`") }
    }
}
