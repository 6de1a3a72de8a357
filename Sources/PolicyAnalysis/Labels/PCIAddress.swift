/// Where a PCI device is: segment, which Linux calls domain, bus, device and function.
public struct PCIAddress: Hashable, Comparable, Sendable {
    public let segment: UInt16
    public let bus: UInt8
    /// 0 to 31.
    public let device: UInt8
    /// 0 to 7.
    public let function: UInt8

    /// From the number that policies and Xen have for it.
    public init(number: UInt32) {
        segment = UInt16(truncatingIfNeeded: number >> 16)
        bus = UInt8(truncatingIfNeeded: number >> 8)
        device = UInt8(truncatingIfNeeded: number >> 3) & 0x1f
        function = UInt8(truncatingIfNeeded: number) & 7
    }

    /// Segment << 16 | bus << 8 | device << 3 | function (Xen, xen/include/xen/pci.h: `PCI_SBDF`).
    public var number: UInt32 { UInt32(segment) << 16 | UInt32(bus) << 8 | UInt32(device) << 3 | UInt32(function) }

    /// From `0000:03:00.0`, or `03:00.0` in segment 0: all digits are hexadecimal, as in lspci. Throws ``LabelMistake``, which says what
    /// is wrong.
    public init(_ text: some StringProtocol) throws(LabelMistake) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let ends = parts.last.map { $0.split(separator: ".", omittingEmptySubsequences: false) } ?? []
        guard (2...3).contains(parts.count), ends.count == 2 else {
            throw LabelMistake("`\(text)` is no PCI address: one is written `0000:03:00.0`, or `03:00.0`, as in lspci")
        }
        func number(_ part: Substring, _ what: String, to limit: UInt32) throws(LabelMistake) -> UInt32 {
            guard part.utf8.count <= 8, part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let number = UInt32(part, radix: 16)
            else { throw LabelMistake("`\(part)` is no \(what) of a PCI address: `\(text)` should be like `0000:03:00.0`") }
            guard number <= limit else {
                throw LabelMistake("`\(text)` has \(what) 0x\(String(number, radix: 16)), and the highest is 0x\(String(limit, radix: 16))")
            }
            return number
        }
        let words = parts.map { Substring($0) }
        segment = parts.count == 3 ? UInt16(try number(words[0], "segment", to: 0xffff)) : 0
        bus = UInt8(try number(words[parts.count - 2], "bus", to: 0xff))
        device = UInt8(try number(Substring(ends[0]), "device", to: 0x1f))
        function = UInt8(try number(Substring(ends[1]), "function", to: 7))
    }

    public static func < (a: PCIAddress, b: PCIAddress) -> Bool { a.number < b.number }
}

extension PCIAddress: CustomStringConvertible {
    /// As lspci writes it with its segment.
    public var description: String {
        "\(Self.digits(segment, 4)):\(Self.digits(bus, 2)):\(Self.digits(device, 2)).\(function)"
    }

    private static func digits(_ number: some FixedWidthInteger, _ count: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
