extension DeviceModelArguments {
    /// What a configuration says and a guest of ours does not have, each with a word about it: nothing is passed over in silence.
    public static func unserved(_ configuration: DomainConfiguration) -> [(key: String, text: String)] {
        var unserved: [(key: String, text: String)] = []
        func note(_ isSaid: Bool, _ key: String, _ text: String = "is not served by this command: ignored") {
            if isSaid { unserved.append((key, text)) }
        }
        note(configuration.kernel != nil, "kernel")
        note(configuration.ramdisk != nil, "ramdisk")
        note(configuration.commandLine != nil, "cmdline")
        note(configuration.usbVersion != nil, "usbversion")
        let model = configuration.deviceModel
        note(model.isRestricted == false, "dm_restrict", "is 0, but its device model is restricted all the same")
        note(model.version == .traditional, "device_model_version", "is not served by this command: QEMU is `qemu-xen`")
        note(model.user != nil, "device_model_user", "is ignored: its device model has a user of its own")
        note(!model.pvArguments.isEmpty, "device_model_args_pv")
        note(model.isInStubDomain == true && model.stubDomainLabel == nil, "device_model_stubdomain_override", "wants `device_model_stubdomain_seclabel` besides: ignored")
        for disk in configuration.disks {
            note(disk.backend != nil && disk.backend != .deviceModel, "disk", "`\(disk.virtualDevice)`: `backendtype` is ignored: QEMU serves it")
            note(disk.isDirectIOSafe, "disk", "`\(disk.virtualDevice)`: `direct-io-safe` is ignored")
        }
        for (index, interface) in configuration.interfaces.enumerated() {
            let parts: [(Bool, String)] = [
                (interface.internetAddress != nil, "ip"), (interface.gatewayDevice != nil, "gatewaydev"), (interface.rate != nil, "rate"),
                (interface.deviceNumber != nil, "devid"), (interface.maximumTransferUnit != nil, "mtu"), (interface.isTrusted != nil, "trusted"),
                (interface.kind == .paravirtual, "type=vif"),
            ]
            for (isSaid, part) in parts { note(isSaid, "vif", "interface \(index): `\(part)` is not served by this command: ignored") }
        }
        return unserved
    }
}
