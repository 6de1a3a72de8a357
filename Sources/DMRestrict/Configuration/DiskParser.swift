import Spelling

/// Reads a disk's specification, with parameters by name, by place, and with old prefixes (Xen, tools/libs/util/libxlu_disk_l.l,
/// libxlu_disk.c: `xlu_disk_parse`).
struct DiskParser {
    /// What is wrong with which part.
    struct Wrong: Error {
        let part: String
        let wrong: String
    }

    private var disk = DiskConfiguration()
    private var rest: ArraySlice<UInt8>
    /// What was given, as there are defaults.
    private var format: DiskConfiguration.Format?
    private var virtualDevice: String?
    private var isPrefixed = false
    private var isAccessGiven = false

    static func disk(_ text: String) throws(Wrong) -> DiskConfiguration {
        guard text.utf8.count <= 4_096 else { throw Wrong(part: "", wrong: "it is longer than 4096 bytes") }
        guard !text.utf8.contains(10) else { throw Wrong(part: "", wrong: "it has a line's end in it") }
        var parser = DiskParser(rest: Array(text.utf8)[...])
        return try parser.read()
    }

    private init(rest: ArraySlice<UInt8>) {
        self.rest = rest
    }

    private mutating func read() throws(Wrong) -> DiskConfiguration {
        while true {
            while rest.first == 32 || rest.first == 9 { rest.removeFirst() }
            if rest.isEmpty { break }
            if try takePrefix() { continue }
            let target = Array("target=".utf8)
            if rest.starts(with: target) {
                // It may have commas, but for one at its end.
                rest = rest.dropFirst(target.count)
                if rest.last == UInt8(ascii: ",") { rest.removeLast() }
                try Self.save("target", text(rest), to: &disk.target)
                rest = []
                break
            }
            let part = rest.prefix { $0 != UInt8(ascii: ",") }
            rest = rest[part.endIndex...].dropFirst()
            try take(text(part))
        }
        return try finished()
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static let formats = ["raw", "qcow", "qcow2", "vhd"]
    private static let scripts = ["iscsi", "nbd", "enbd", "drbd"]
    private static let without = ["tapdisk", "tap", "tap2", "aio", "ioemu", "file", "phy"]

    /// `NAME:`, as xend had it.
    private mutating func takePrefix() throws(Wrong) -> Bool {
        let name = rest.prefix { Self.isLetterOrDigit($0) }
        guard let first = name.first, first > UInt8(ascii: "9"), rest[name.endIndex...].first == UInt8(ascii: ":") else {
            return false
        }
        let prefix = text(name)
        if Self.formats.contains(prefix) {
            try set(format: prefix)
        } else if Self.scripts.contains(prefix) {
            try Self.save("script", "block-" + prefix, to: &disk.script)
        } else if !Self.without.contains(prefix) {
            // With more behind it, it is a part by its place: `hdc:cdrom`.
            let after = name.endIndex + 1
            guard after == rest.endIndex || !Self.isLetterOrDigit(rest[after]) else { return false }
            throw Wrong(part: prefix + ":", wrong: "there is no such prefix")
        }
        isPrefixed = true
        rest = rest[(name.endIndex + 1)...]
        return true
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    // MARK: - Parts

    private mutating func take(_ part: String) throws(Wrong) {
        switch part {
        case "cdrom": disk.isCDROM = true
        case "direct-io-safe": disk.isDirectIOSafe = true
        case "discard": disk.discards = true
        case "no-discard": disk.discards = false
        // In Xen's tree the scanner's source knows these words, and the scanner that was made of it and that is built does not.
        case "trusted", "untrusted": throw Wrong(part: part, wrong: "xl 4.17 takes it for a target: leave it out")
        case "no-colo": break
        case "colo": throw Wrong(part: part, wrong: "COLO is not supported: leave it out")
        default:
            guard let sign = part.utf8.firstIndex(of: UInt8(ascii: "=")) else { return try place(part) }
            try name(String(part[..<sign]), String(part[part.utf8.index(after: sign)...]))
        }
    }

    private static let words = ["cdrom", "direct-io-safe", "discard", "no-discard", "no-colo"]
    private static let names = [
        "format", "devtype", "access", "backend", "backendtype", "specification", "vdev", "script", "target",
    ]

    /// Why there is no such parameter.
    static func reason(_ name: String, names: [String], words: [String]) -> String {
        if names.contains(name) { return "it has no value" }
        if words.contains(name) { return "it takes no value" }
        return "there is no such parameter" + (Spelling.nearest(name, among: names + words).first.map { ": did you mean `\($0)`?" } ?? "")
    }

    private mutating func name(_ name: String, _ value: String) throws(Wrong) {
        switch name {
        case "format": try set(format: value)
        case "devtype": disk.isCDROM = try isCDROM(value)
        case "access": disk.isWritable = try isWritable(value)
        case "backend": try Self.save(name, value, to: &disk.backendDomain)
        case "backendtype":
            let backend = try Self.word(name, value, DiskConfiguration.Backend.self)
            guard [nil, backend].contains(disk.backend) else { throw Wrong(part: name, wrong: "it is given twice") }
            disk.backend = backend
        case "specification":
            let specification = try Self.word(name, value, DiskConfiguration.Specification.self)
            guard [nil, specification].contains(disk.specification) else { throw Wrong(part: name, wrong: "it is given twice") }
            disk.specification = specification
        case "vdev": try Self.save(name, value, to: &virtualDevice)
        case "script": try Self.save(name, value, to: &disk.script)
        case "colo-host", "colo-port", "colo-export", "active-disk", "hidden-disk":
            throw Wrong(part: name, wrong: "COLO is not supported: leave it out")
        default:
            throw Wrong(part: name, wrong: Self.reason(name, names: Self.names, words: Self.words))
        }
    }

    /// By its place: target, format, virtual device, access.
    private mutating func place(_ part: String) throws(Wrong) {
        if disk.target == nil {
            disk.target = part
        } else if !isPrefixed, format == nil {
            if disk.target?.isEmpty == true, try takeDeviceAndType(part) { format = .empty } else { try set(format: part) }
        } else if virtualDevice == nil {
            if try !takeDeviceAndType(part) { virtualDevice = part }
        } else if !isAccessGiven {
            isAccessGiven = true
            disk.isWritable = try isWritable(part)
        } else {
            throw Wrong(part: part, wrong: "there are too many parameters without names")
        }
    }

    /// `DEVICE:TYPE`
    private mutating func takeDeviceAndType(_ part: String) throws(Wrong) -> Bool {
        guard let colon = part.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
        try Self.save("vdev", String(part[..<colon]), to: &virtualDevice)
        disk.isCDROM = try isCDROM(String(part[part.utf8.index(after: colon)...]))
        return true
    }

    // MARK: - Values

    private mutating func set(format value: String) throws(Wrong) {
        let new = try value.isEmpty ? .raw : Self.word("format", value, DiskConfiguration.Format.self)
        guard format == nil || format == new else { throw Wrong(part: value, wrong: "the format is given twice") }
        format = new
    }

    private func isCDROM(_ value: String) throws(Wrong) -> Bool {
        guard value == "cdrom" || value == "disk" else { throw Wrong(part: value, wrong: "a type is `cdrom` or `disk`") }
        return value == "cdrom"
    }

    private func isWritable(_ value: String) throws(Wrong) -> Bool {
        switch value {
        case "rw", "w", "": true
        case "r", "ro": false
        default: throw Wrong(part: value, wrong: "access is `r`, `ro`, `rw` or `w`")
        }
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ value: String, _ type: Word.Type
    ) throws(Wrong) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: value) else {
            throw Wrong(part: value, wrong: "`\(name)` is one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// What was empty may be given again.
    private static func save(_ name: String, _ value: String, to place: inout String?) throws(Wrong) {
        guard (place ?? "").isEmpty else { throw Wrong(part: name, wrong: "it is given twice") }
        place = value
    }

    // MARK: - The whole

    private mutating func finished() throws(Wrong) -> DiskConfiguration {
        guard let virtualDevice else { throw Wrong(part: "", wrong: "there is no virtual device: add `vdev=…`") }
        guard Self.isDevice(virtualDevice) else {
            throw Wrong(part: virtualDevice, wrong: "a virtual device is called `hda`, `sdb`, `xvdc`… or `d0p1`")
        }
        disk.virtualDevice = virtualDevice
        disk.format = format ?? .raw
        if disk.isCDROM {
            disk.isWritable = false
            if (disk.target ?? "").isEmpty { disk.format = .empty }
        }
        guard disk.target != nil || disk.isCDROM else {
            throw Wrong(part: "", wrong: "there is no target, and it is no CD: add `target=…`")
        }
        return disk
    }

    /// (Xen, docs/man/xen-vbd-interface.7.pandoc)
    private static func isDevice(_ name: String) -> Bool {
        let bytes = Array(name.utf8)[...]
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool { (1...6).contains(bytes.count) && bytes.allSatisfy(isDigit) }
        for prefix in ["xvd", "hd", "sd", "vd"] where bytes.starts(with: Array(prefix.utf8)) {
            let letters = bytes.dropFirst(prefix.utf8.count).prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            let partition = bytes[letters.endIndex...]
            return (1...3).contains(letters.count) && (partition.isEmpty || isNumber(partition))
        }
        if bytes.first == UInt8(ascii: "d") {
            let parts = bytes.dropFirst().split(separator: UInt8(ascii: "p"), omittingEmptySubsequences: false)
            return parts.count <= 2 && parts.allSatisfy(isNumber)
        }
        return isNumber(bytes)
    }
}
