/// What `lspci -v`, `-vv` or `-vvv` says, with numbers or names: devices, their registers and their interrupts.
public struct DeviceListing: Sendable {
    public private(set) var devices: [ListedDevice] = []
    /// Addresses that only Linux has: those behind a controller that hides devices, in domains that Xen cannot number.
    public private(set) var unnumbered: [String] = []

    /// More devices than fit into a segment are not taken.
    public static let maximumCount = 65_536
    private static let regionLimit = 16

    /// Throws ``LabelMistake`` for a text in which there is no device, or in which there are too many.
    public init(_ bytes: [UInt8]) throws(LabelMistake) {
        var isSkipping = true
        var places: [PCIAddress: Int] = [:]
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let depth = Self.depth(line)
            if depth == 0 {
                guard let (address, title) = Self.header(line) else { continue }
                guard devices.count < Self.maximumCount else { throw LabelMistake("there are more than \(Self.maximumCount) devices") }
                do throws(LabelMistake) {
                    let device = ListedDevice(address: try PCIAddress(address), title: Array(title.prefix(200)))
                    if let place = places[device.address] {
                        devices[place].standsTwice = true
                        isSkipping = true
                    } else {
                        places[device.address] = devices.count
                        devices.append(device)
                        isSkipping = false
                    }
                } catch {
                    isSkipping = true
                    if unnumbered.count < 100 { unnumbered.append(String(address.prefix(40))) }
                }
            } else if !isSkipping {
                Self.read(line.drop { Self.isSpace($0) }, isOwn: depth == 1, &devices[devices.count - 1])
            }
        }
        guard !devices.isEmpty || !unnumbered.isEmpty else {
            throw LabelMistake("there is no PCI device in the listing: it should be what `lspci -vvn` prints")
        }
    }

    // MARK: Lines

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// How far a line is indented: with a tab, or with blanks where it was pasted.
    private static func depth(_ line: ArraySlice<UInt8>) -> Int {
        var columns = 0
        for byte in line {
            if byte == UInt8(ascii: "\t") { columns += 8 } else if byte == UInt8(ascii: " ") { columns += 1 } else { break }
        }
        return columns == 0 ? 0 : columns <= 8 ? 1 : 2
    }

    /// `0000:00:19.0 0200: 8086:10de`: the address, and what follows; nil for another line. A hex dump has lines that begin `00: `.
    private static func header(_ line: ArraySlice<UInt8>) -> (address: String, title: ArraySlice<UInt8>)? {
        let word = line.prefix { !isSpace($0) }
        let count = word.count
        guard count >= 7, count <= 16, word.endIndex < line.endIndex, word[word.endIndex - 2] == UInt8(ascii: ".") else { return nil }
        guard word.contains(UInt8(ascii: ":")), word.allSatisfy({ isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else { return nil }
        return (String(decoding: word, as: UTF8.self), line[word.endIndex...].drop { isSpace($0) })
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        DeviceNumber.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    /// A line about a device. What is indented further is about a capability.
    private static func read(_ line: ArraySlice<UInt8>, isOwn: Bool, _ device: inout ListedDevice) {
        guard isOwn else {
            if line.starts(with: "Region ".utf8) { device.hasVirtualFunctions = true }
            return
        }
        if line.starts(with: "Control: ".utf8) || line.starts(with: "Flags: ".utf8) { device.hasDetails = true }
        if line.starts(with: "Interrupt: ".utf8) || line.starts(with: "Flags: ".utf8) {
            // A number without a pin is what the machine's firmware left behind.
            if !line.starts(with: "Interrupt: pin ?".utf8), let number = number(after: " IRQ ", in: line, radix: 10), (1..<255).contains(number) || (256...0xffff).contains(number) {
                device.interrupt = UInt32(number)
            }
        } else if line.starts(with: "Capabilities: ".utf8) {
            if place(of: "MSI: Enable+", in: line) != nil { device.interruptIsMessage = true }
        } else if line.starts(with: "Bus: ".utf8) || place(of: " behind bridge: ", in: line) != nil {
            device.isBridge = true
        } else if let region = region(line) {
            if device.regions.count < regionLimit { device.regions.append(region) } else { device.hasTooManyRegions = true }
        }
    }

    /// `Region 2: I/O ports at ecc0 [size=32]`, and the same without its number; `Expansion ROM at c0000000 [disabled] [size=64K]`.
    private static func region(_ line: ArraySlice<UInt8>) -> ListedDevice.Region? {
        let kinds: [(text: String, space: ListedDevice.Region.Space, isROM: Bool)] = [
            ("Memory at ", .memory, false), ("I/O ports at ", .ports, false), ("Expansion ROM at ", .memory, true),
        ]
        // What comes before are a number and marks; names of devices stand in other lines.
        let start = line.prefix(48)
        for kind in kinds {
            guard let place = place(of: kind.text, in: start) else { continue }
            guard place == line.startIndex || line.starts(with: "Region ".utf8) || line.first == UInt8(ascii: "[") else { continue }
            let rest = line[(place + kind.text.utf8.count)...]
            let digits = rest.prefix { isHex($0) }
            let isNumber = !digits.isEmpty && (digits.endIndex == rest.endIndex || isSpace(rest[digits.endIndex]))
            let number = isNumber && digits.count <= 16 ? UInt64(String(decoding: digits, as: UTF8.self), radix: 16) : nil
            return .init(
                space: kind.space, address: number == 0 ? nil : number,
                size: size(rest), isROM: kind.isROM, isVirtual: self.place(of: "[virtual]", in: line) != nil)
        }
        return nil
    }

    private static func size(_ line: ArraySlice<UInt8>) -> UInt64? {
        guard let place = place(of: "[size=", in: line) else { return nil }
        let text = line[(place + 6)...].prefix { $0 != UInt8(ascii: "]") }
        return text.count <= 24 ? DeviceNumber.size(String(decoding: text, as: UTF8.self)) : nil
    }

    private static func number(after text: String, in line: ArraySlice<UInt8>, radix: Int) -> UInt64? {
        guard let place = place(of: text, in: line) else { return nil }
        let digits = line[(place + text.utf8.count)...].prefix { DeviceNumber.isDigit($0) }
        return UInt64(String(decoding: digits.prefix(20), as: UTF8.self), radix: radix)
    }

    private static func place(of text: String, in line: ArraySlice<UInt8>) -> Int? {
        let wanted = Array(text.utf8)
        guard line.count >= wanted.count else { return nil }
        return (line.startIndex...line.endIndex - wanted.count).first { line[$0] == wanted[0] && line[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
