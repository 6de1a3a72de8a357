/// QEMU's command line for a domain, as a tool stack writes it (Xen, tools/libs/light/libxl_dm.c:
/// `libxl__build_device_model_args_new`), for ``DeviceModelCommandLine`` to take what it would open away from it.
public struct DeviceModelArguments: Hashable, Sendable {
    public let words: [String]

    /// What a configuration asks for and a device model of ours cannot have.
    public struct Mistake: Error, Hashable, Sendable {
        public let key: String
        /// What is wrong, and what to do about it.
        public let text: String
    }

    /// For a domain of that number with that much memory, in MiB, besides its screen's. A configuration that names no serial port has one
    /// that is the console.
    public init(for configuration: DomainConfiguration, domain: UInt16, memory: Int) throws(Mistake) {
        guard configuration.kind == .hvm else {
            throw Mistake(key: "type", text: "only a domain of type `hvm` has a device model that emulates a machine: it is `\(configuration.kind.rawValue)`")
        }
        var words = ["-xen-domid", "\(domain)", "-no-shutdown", "-nodefaults", "-no-user-config", "-name", Self.escaped(configuration.name)]
        words += try Self.screen(configuration.display)
        for port in configuration.serialPorts.isEmpty ? ["pty"] : configuration.serialPorts {
            guard port == "pty" || port == "null" || port == "none" || port.hasPrefix("file:/") else {
                throw Mistake(key: "serial", text: "a serial port is `pty`, `file:/PATH`, `null` or `none`: `\(port)` would have QEMU open something itself")
            }
            words += ["-serial", port]
        }
        words += ["-boot", "order=" + (configuration.bootOrder ?? "cda")]
        if configuration.isUSB == true || !configuration.usbDevices.isEmpty { words += try Self.usb(configuration) }
        if let card = configuration.soundCard { throw Mistake(key: "soundhw", text: "QEMU reaches no sound card of the host's: leave `\(card)` out") }
        let processors = configuration.processors ?? 1
        let most = configuration.maximumProcessors ?? processors
        if most > 1 { words += ["-smp", "\(processors),maxcpus=\(most)"] }
        words += try Self.network(configuration.interfaces, domain)
        words += ["-machine", "xenfv,suppress-vmdesc=on", "-m", "\(memory)"]
        if configuration.disks.contains(where: { !$0.isCDROM && $0.virtualDevice.hasPrefix("sd") }) { words += ["-device", "lsi53c895a,id=scsi0"] }
        for disk in configuration.disks { words += try Self.drive(disk) }
        self.words = words + configuration.deviceModel.arguments + configuration.deviceModel.hvmArguments
    }

    /// How much of a domain's memory is its screen's, in MiB.
    public static func videoMemory(of display: DisplayConfiguration) -> Int {
        switch display.card ?? .cirrus {
        case .none: 0
        case .cirrus: max(display.videoMemory ?? 0, 8)
        case .standard: max(display.videoMemory ?? 0, 16)
        case .qxl: max(display.videoMemory ?? 0, 128)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }

    private static func screen(_ display: DisplayConfiguration) throws(Mistake) -> [String] {
        var words: [String] = []
        if display.isSDL == true { throw Mistake(key: "sdl", text: "QEMU reaches no screen of the host's: use `vnc`") }
        if display.vncPassword != nil {
            throw Mistake(key: "vncpasswd", text: "the password would be asked for by a cipher that is broken: let `vnclisten` be an address that only who may comes to")
        }
        if display.isVNC ?? true {
            let address = display.vncAddress ?? "127.0.0.1"
            var text = address.utf8.contains(UInt8(ascii: ":")) ? address : "\(address):\(display.vncNumber ?? 0)"
            if display.vncFindsUnused ?? true { text += ",to=99" }
            words = ["-vnc", text]
        } else {
            words = ["-vnc", "none"]
        }
        words += ["-display", "none"]
        if let keymap = display.keymap { words += ["-k", keymap] }
        let memory = videoMemory(of: display)
        switch display.card ?? .cirrus {
        case .none: break
        case .cirrus: words += ["-device", "cirrus-vga,vgamem_mb=\(memory)"]
        case .standard: words += ["-device", "VGA,vgamem_mb=\(memory)"]
        case .qxl: throw Mistake(key: "vga", text: "`qxl` wants SPICE, which QEMU for Xen does not have: use `stdvga`")
        }
        return words
    }

    private static func usb(_ configuration: DomainConfiguration) throws(Mistake) -> [String] {
        var words = ["-usb"]
        for device in configuration.usbDevices {
            guard ["tablet", "mouse", "keyboard"].contains(device) else {
                throw Mistake(key: "usbdevice", text: "`\(device)` is of the host's, which QEMU does not reach: it is `tablet`, `mouse` or `keyboard`")
            }
            words += ["-device", device == "keyboard" ? "usb-kbd" : "usb-\(device)"]
        }
        return words
    }

    private static func network(_ interfaces: [NetworkInterfaceConfiguration], _ domain: UInt16) throws(Mistake) -> [String] {
        var words: [String] = []
        for (index, interface) in interfaces.enumerated() where interface.kind != .paravirtual {
            if interface.backendDomain != nil || interface.script != nil {
                throw Mistake(key: "vif", text: "a tap of this host's is all that there is, without a script and a domain that serves it: leave `script` and `backend` out")
            }
            let address = interface.address ?? [0x00, 0x16, 0x3e, UInt8(truncatingIfNeeded: domain >> 8), UInt8(truncatingIfNeeded: domain), UInt8(truncatingIfNeeded: index)]
            let text = address.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
            let name = interface.hostName ?? "vif\(domain).\(index)-emu"
            guard name.utf8.count < 16 else { throw Mistake(key: "vif", text: "`\(name)` is longer than an interface's name may be, 15 bytes") }
            words += [
                "-device", "\(interface.model ?? "rtl8139"),id=nic\(index),netdev=net\(index),mac=\(text)",
                "-netdev", "type=tap,id=net\(index),ifname=\(escaped(name))" + (interface.bridge.map { ",br=" + escaped($0) } ?? ""),
            ]
        }
        return words.isEmpty ? ["-net", "none"] : words
    }

    private static func drive(_ disk: DiskConfiguration) throws(Mistake) -> [String] {
        func mistake(_ text: String) -> Mistake { Mistake(key: "disk", text: "`\(disk.virtualDevice)`: \(text)") }
        if disk.script != nil || disk.backendDomain != nil { throw mistake("its image is a file or device of this host's: leave `script` and `backend` out") }
        if disk.specification == .virtio { throw mistake("virtio disks are served by others than QEMU: use `hda` to `hdd`") }
        guard let index = index(of: disk.virtualDevice) else {
            throw mistake("QEMU emulates `hda` to `hdd`, `xvda` to `xvdd` by the same places, and `sda` to `sdg`")
        }
        let format =
            switch disk.format {
            case .raw, .empty: "raw"
            case .qcow: "qcow"
            case .qcow2: "qcow2"
            case .vhd: "vpc"
            case .qed: "qed"
            }
        let file = disk.target.flatMap { $0.isEmpty || disk.format == .empty ? nil : $0 }
        let name = disk.virtualDevice
        if disk.isCDROM {
            guard !index.isSCSI else { throw mistake("a CD's drive is one of `hda` to `hdd`") }
            return [
                "-drive", "if=none,readonly=on,id=drive-\(name)" + (file.map { ",file=\(escaped($0)),format=\(format)" } ?? ""),
                "-device", "ide-cd,id=\(name),drive=drive-\(name),bus=ide.\(index.number / 2),unit=\(index.number % 2)",
            ]
        }
        guard let file else { throw mistake("a disk has an image: name it by `target`") }
        let image = "file=\(escaped(file)),format=\(format),cache=writeback" + (disk.isWritable ? "" : ",readonly=on") + (disk.discards == true ? ",discard=unmap" : "")
        if index.isSCSI {
            return [
                "-drive", "if=none,id=drive-\(name),\(image)",
                "-device", "scsi-hd,id=\(name),drive=drive-\(name),bus=scsi0.0,scsi-id=\(index.number)",
            ]
        }
        guard disk.isWritable else { throw mistake("QEMU emulates no disk of IDE that is read only: use `sda` to `sdg`, or `rw`") }
        return ["-drive", "if=ide,index=\(index.number),media=disk,id=\(name),\(image)"]
    }

    /// Where a disk stands on which kind of bus; nil for what is not emulated.
    private static func index(of device: String) -> (number: Int, isSCSI: Bool)? {
        for (prefix, isSCSI, count) in [("hd", false, 4), ("xvd", false, 4), ("sd", true, 7)] where device.hasPrefix(prefix) {
            let rest = Array(device.utf8.dropFirst(prefix.utf8.count))
            guard rest.count == 1, let letter = rest.first, letter >= UInt8(ascii: "a") else { return nil }
            let number = Int(letter - UInt8(ascii: "a"))
            return number < count ? (number, isSCSI) : nil
        }
        return nil
    }
}
