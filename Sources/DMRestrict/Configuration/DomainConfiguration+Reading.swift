import Spelling

extension DomainConfiguration {
    /// Reads a configuration's text, which may be any bytes.
    ///
    /// It takes nothing that xl would not take. It is stricter: names that xl does not know, values of a wrong type and parts of
    /// network interfaces that it does not understand are passed over by xl, some with a warning, and are mistakes here.
    ///
    /// Throws the first mistake: of the text, then of names, then of values.
    public init(parsing bytes: [UInt8]) throws(ConfigurationMistake) {
        try self.init(ConfigurationText(parsing: bytes))
    }

    /// What a configuration's settings mean.
    public init(_ text: ConfigurationText) throws(ConfigurationMistake) {
        let ignored = try Self.ignored(text)
        let reader = ConfigurationReader(text)
        let name = try reader.string("name", "a name of at most 255 bytes without `/` and control characters") { name in
            name.utf8.count <= 255 && !name.utf8.contains(UInt8(ascii: "/")) && ConfigurationWords.isPlain(name)
        }
        guard let name else { throw reader.mistake("name", .missing("name")) }
        self.init(name: name, kind: try Self.kind(reader))
        self.ignored = ignored
        try readMachine(reader)
        try readDevices(reader)
        try readDisplay(reader)
        try readDeviceModel(reader)
    }

    private static func ignored(_ text: ConfigurationText) throws(ConfigurationMistake) -> [IgnoredKey] {
        var ignored: [IgnoredKey] = []
        for setting in text.settings where !ConfigurationKeys.read.contains(setting.name) {
            let concerns = ConfigurationKeys.ofDeviceModel.contains(setting.name)
            guard concerns || ConfigurationKeys.others.contains(setting.name) else {
                let known = ConfigurationKeys.read.union(ConfigurationKeys.ofDeviceModel).union(ConfigurationKeys.others)
                throw ConfigurationMistake(
                    setting.position, .unknownKey(setting.name, nearest: Spelling.nearest(setting.name, among: known).first))
            }
            ignored.append(IgnoredKey(name: setting.name, position: setting.position, concernsDeviceModel: concerns))
        }
        return ignored
    }

    /// By `type`, or by `builder` as it was before.
    private static func kind(_ reader: ConfigurationReader) throws(ConfigurationMistake) -> Kind {
        enum Builder: String, CaseIterable { case hvm, generic }
        let kind = try reader.word("type", Kind.self)
        guard let builder = try reader.word("builder", Builder.self) else { return kind ?? .pv }
        let built: Kind = builder == .hvm ? .hvm : .pv
        guard kind == nil || kind == built else { throw reader.mistake("builder", .contradiction("builder", with: "type")) }
        return built
    }

    private mutating func readMachine(_ reader: ConfigurationReader) throws(ConfigurationMistake) {
        uuid = try reader.string("uuid", "a UUID as in `5947f90b-3510-4c1f-aafc-033fdb47cf10`", where: ConfigurationWords.isUUID)
        // Up to what 46 bits of addresses hold.
        memory = try reader.integer("memory", 1...1 << 26)
        maximumMemory = try reader.integer("maxmem", 1...1 << 26)
        if let memory, let maximumMemory, maximumMemory < memory {
            throw reader.mistake("maxmem", .contradiction("maxmem", with: "memory"))
        }
        // (Xen, xen/include/public/hvm/hvm_info_table.h: `HVM_MAX_VCPUS`; xen/arch/x86/include/asm/config.h: `MAX_VIRT_CPUS`)
        let most = kind == .pv ? 8_192 : 128
        processors = try reader.integer("vcpus", 1...most)
        maximumProcessors = try reader.integer("maxvcpus", 1...most)
        if let processors, let maximumProcessors, maximumProcessors < processors {
            throw reader.mistake("maxvcpus", .contradiction("maxvcpus", with: "vcpus"))
        }
        let first = try Self.label(reader, "init_seclabel")
        let second = try Self.label(reader, "seclabel")
        label = second ?? first
        buildLabel = second == nil ? nil : first
        kernel = try reader.string("kernel", "a file's name", where: ConfigurationWords.isPlain)
        ramdisk = try reader.string("ramdisk", "a file's name", where: ConfigurationWords.isPlain)
        // (Xen, tools/xl/xl_parse.c: `parse_cmdline`)
        let root = try reader.string("root")
        let extra = try reader.string("extra")
        let together = [root.map { "root=" + $0 }, extra].compactMap(\.self)
        commandLine = try reader.string("cmdline") ?? (together.isEmpty ? nil : together.joined(separator: " "))
    }

    private static func label(_ reader: ConfigurationReader, _ key: String) throws(ConfigurationMistake) -> String? {
        try reader.string(key, "a security label as in `system_u:system_r:domU_t`", where: ConfigurationWords.isLabel)
    }

    private mutating func readDevices(_ reader: ConfigurationReader) throws(ConfigurationMistake) {
        for (text, position) in try reader.strings("disk") ?? [] {
            do throws(DiskParser.Wrong) {
                disks.append(try DiskParser.disk(text))
            } catch {
                throw ConfigurationMistake(position, .part("disk", part: error.part, wrong: error.wrong))
            }
        }
        for (text, position) in try reader.strings("vif") ?? [] {
            do throws(DiskParser.Wrong) {
                interfaces.append(try NetworkInterfaceParser.interface(text))
            } catch {
                throw ConfigurationMistake(position, .part("vif", part: error.part, wrong: error.wrong))
            }
        }
        serialPorts = try words(reader, "serial")
        bootOrder = try reader.string("boot", "letters of `a`, `c`, `d` and `n`, each once") { order in
            order.utf8.allSatisfy { "acdn".utf8.contains($0) } && Set(order.utf8).count == order.utf8.count
        }
        isUSB = try reader.boolean("usb")
        usbVersion = try reader.integer("usbversion", 1...3)
        usbDevices = try words(reader, "usbdevice")
        soundCard = try reader.string("soundhw", "a word", where: ConfigurationWords.isWord)
    }

    /// One or more, none of them empty.
    private func words(_ reader: ConfigurationReader, _ key: String) throws(ConfigurationMistake) -> [String] {
        var words: [String] = []
        for (text, position) in try reader.stringOrStrings(key) ?? [] {
            guard !text.isEmpty, ConfigurationWords.isPlain(text) else {
                throw ConfigurationMistake(position, .unsuitable(key, wanted: "text without control characters"))
            }
            words.append(text)
        }
        return words
    }

    private mutating func readDisplay(_ reader: ConfigurationReader) throws(ConfigurationMistake) {
        let isStandard = try reader.boolean("stdvga")
        display.card = try reader.word("vga", DisplayConfiguration.Card.self) ?? isStandard.map { $0 ? .standard : .cirrus }
        display.videoMemory = try reader.integer("videoram", 0...1 << 12)
        display.isVNC = try reader.boolean("vnc")
        display.vncAddress = try reader.string("vnclisten", "an address") { address in
            ConfigurationWords.isPlain(address) && !address.utf8.contains(UInt8(ascii: ","))
        }
        display.vncNumber = try reader.integer("vncdisplay", 0...65_535 - 5_900)
        if display.vncAddress?.utf8.contains(UInt8(ascii: ":")) == true, display.vncNumber ?? 0 != 0 {
            throw reader.mistake("vncdisplay", .contradiction("vncdisplay", with: "vnclisten"))
        }
        display.vncFindsUnused = try reader.boolean("vncunused")
        display.vncPassword = try reader.string("vncpasswd")
        display.isSDL = try reader.boolean("sdl")
        display.keymap = try reader.string("keymap", "a word", where: ConfigurationWords.isWord)
    }

    private mutating func readDeviceModel(_ reader: ConfigurationReader) throws(ConfigurationMistake) {
        deviceModel.version = try reader.word("device_model_version", DeviceModelConfiguration.Version.self)
        deviceModel.program = try reader.string(
            "device_model_override", "an absolute path", where: ConfigurationWords.isAbsolutePath)
        deviceModel.user = try reader.string("device_model_user", "a user's name", where: ConfigurationWords.isWord)
        deviceModel.isRestricted = try reader.boolean("dm_restrict")
        deviceModel.isInStubDomain = try reader.boolean("device_model_stubdomain_override")
        deviceModel.stubDomainLabel = try Self.label(reader, "device_model_stubdomain_seclabel")
        deviceModel.arguments = try reader.strings("device_model_args")?.map(\.text) ?? []
        deviceModel.hvmArguments = try reader.strings("device_model_args_hvm")?.map(\.text) ?? []
        deviceModel.pvArguments = try reader.strings("device_model_args_pv")?.map(\.text) ?? []
    }
}
