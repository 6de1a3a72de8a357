@testable import DMRestrict
import JSON

/// What a configuration means, as xl prints it: a name for each value, and nothing where xl leaves a default.
typealias Understood = [String: JSONValue]

extension DomainConfiguration {
    var understood: Understood {
        var values: Understood = [:]
        func set(_ name: String, _ string: String?) { if let string { values[name] = .string(string) } }
        func set(_ name: String, _ number: Int?) { if let number { values[name] = .integer(Int64(number)) } }
        func set(_ name: String, _ truth: Bool?) { if let truth { values[name] = truth ? "True" : "False" } }
        func set(_ name: String, _ strings: [String]) { if !strings.isEmpty { values[name] = .array(strings.map { .string($0) }) } }
        set("name", name)
        set("type", kind.rawValue)
        set("uuid", uuid?.lowercased())
        set("label", buildLabel ?? label)
        if buildLabel != nil { set("exec_label", label) }
        set("memory", memory.map { $0 * 1_024 })
        set("maxmem", (maximumMemory ?? memory).map { $0 * 1_024 })
        set("vcpus", processors)
        set("maxvcpus", maximumProcessors ?? processors)
        set("kernel", kernel)
        set("ramdisk", ramdisk)
        set("cmdline", commandLine)
        set("videoram", display.videoMemory.map { $0 * 1_024 })
        set("vga", display.card.map { ["stdvga": "std"][$0.rawValue] ?? $0.rawValue })
        set("vnc", display.isVNC)
        set("vnclisten", display.vncAddress)
        set("vncdisplay", display.vncNumber == 0 ? nil : display.vncNumber)
        set("vncunused", display.vncFindsUnused)
        set("vncpasswd", display.vncPassword)
        set("sdl", display.isSDL)
        set("keymap", display.keymap)
        set("serial", serialPorts)
        set("boot", bootOrder)
        set("usb", isUSB)
        set("usbversion", usbVersion)
        set("usbdevice", usbDevices)
        set("soundhw", soundCard)
        set("dm_restrict", deviceModel.isRestricted)
        set("dm_version", deviceModel.version.map { $0 == .qemu ? "qemu_xen" : "qemu_xen_traditional" })
        set("dm", deviceModel.program)
        set("dm_user", deviceModel.user)
        set("dm_stubdom", deviceModel.isInStubDomain)
        set("dm_label", deviceModel.stubDomainLabel)
        set("extra", deviceModel.arguments)
        set("extra_hvm", deviceModel.hvmArguments)
        set("extra_pv", deviceModel.pvArguments)
        if !disks.isEmpty { values["disks"] = .array(disks.map(\.understood)) }
        if !interfaces.isEmpty { values["nics"] = .array(interfaces.enumerated().map { $1.understood($0) }) }
        return values
    }

    /// The same of what xl printed.
    static func understood(by xl: JSONValue) -> Understood {
        let created = xl["c_info"] ?? [:]
        let built = xl["b_info"] ?? [:]
        let hvm = built["type.hvm"] ?? [:]
        var values: Understood = [
            "name": created["name"] ?? nil, "type": created["type"] ?? nil, "uuid": created["uuid"] ?? nil,
        ]
        values["label"] = created["ssid_label"]
        values["exec_label"] = built["exec_ssid_label"]
        values["memory"] = built["target_memkb"]
        values["maxmem"] = built["max_memkb"]
        values["vcpus"] = (built["avail_vcpus"]?.array?.count).flatMap { $0 == 0 ? nil : .integer(Int64($0)) }
        values["maxvcpus"] = built["max_vcpus"]
        let names = [
            "kernel": "kernel", "ramdisk": "ramdisk", "cmdline": "cmdline", "videoram": "video_memkb", "dm_restrict": "dm_restrict",
            "dm_version": "device_model_version", "dm": "device_model", "dm_user": "device_model_user", "dm_stubdom": "device_model_stubdomain",
            "dm_label": "device_model_ssid_label", "extra": "extra", "extra_hvm": "extra_hvm", "extra_pv": "extra_pv",
        ]
        for (name, member) in names { values[name] = built[member] }
        for name in ["boot", "usb", "usbversion", "soundhw", "keymap"] { values[name] = hvm[name] }
        values["vga"] = hvm["vga"]?["kind"]
        let screen = ["vnc": "enable", "vnclisten": "listen", "vncdisplay": "display", "vncunused": "findunused", "vncpasswd": "passwd"]
        for (name, member) in screen { values[name] = hvm["vnc"]?[member] }
        values["sdl"] = hvm["sdl"]?["enable"]
        for name in ["serial", "usbdevice"] { values[name] = hvm[name].map { [$0] } ?? hvm[name + "_list"] }
        for name in ["disks", "nics", "serial", "usbdevice", "extra", "extra_hvm", "extra_pv"] {
            if let list = xl[name] { values[name] = list }
            if values[name] == [] { values[name] = nil }
        }
        return values.mapValues { $0.sorted }
    }
}

extension DiskConfiguration {
    fileprivate var understood: JSONValue {
        var disk = JSONObject()
        disk["pdev_path"] = target.map { .string($0) }
        disk["vdev"] = .string(virtualDevice)
        disk["format"] = .string(format.rawValue)
        disk["readwrite"] = isWritable ? 1 : nil
        disk["is_cdrom"] = isCDROM ? 1 : nil
        disk["removable"] = isCDROM ? 1 : nil
        disk["backend"] = backend.map { .string($0.rawValue) }
        disk["backend_domname"] = backendDomain.map { .string($0) }
        disk["specification"] = specification.map { .string($0.rawValue) }
        disk["script"] = script.map { .string($0) }
        disk["direct_io_safe"] = isDirectIOSafe ? true : nil
        disk["discard_enable"] = discards.map { $0 ? "True" : "False" }
        return JSONValue.object(disk).sorted
    }
}

extension NetworkInterfaceConfiguration {
    fileprivate func understood(_ index: Int) -> JSONValue {
        var interface = JSONObject()
        // The tool stack counts them.
        interface["devid"] = .integer(Int64(deviceNumber ?? index))
        interface["nictype"] = kind.map { $0 == .emulated ? "vif_ioemu" : "vif" }
        interface["mac"] = address.map { bytes in
            .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":"))
        }
        interface["bridge"] = bridge.map { .string($0) }
        interface["gatewaydev"] = gatewayDevice.map { .string($0) }
        interface["ip"] = internetAddress.map { .string($0) }
        interface["script"] = script.map { .string($0) }
        interface["backend_domname"] = backendDomain.map { .string($0) }
        interface["ifname"] = hostName.map { .string($0) }
        interface["model"] = model.map { .string($0) }
        interface["mtu"] = maximumTransferUnit.map { .integer(Int64($0)) }
        interface["trusted"] = isTrusted.map { $0 ? "True" : "False" }
        return JSONValue.object(interface).sorted
    }
}

extension JSONValue {
    /// With members by their names, without those of a rate and of COLO.
    fileprivate var sorted: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let object):
            .object(JSONObject(
                object.members.filter { !$0.name.hasPrefix("rate_") && $0.name != "colo_enable" }.sorted { $0.name < $1.name }.map { .init($0.name, $0.value.sorted) }))
        default: self
        }
    }
}
