/// Numbers of devices, as they are written.
enum DeviceNumber {
    static func hex(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

    static func text(_ range: ClosedRange<UInt64>) -> String {
        range.lowerBound == range.upperBound ? hex(range.lowerBound) : "\(hex(range.lowerBound))-\(hex(range.upperBound))"
    }

    /// How many bytes, in the largest unit that divides them.
    static func size(_ bytes: ClosedRange<UInt64>) -> String {
        let (difference, isAll) = (bytes.upperBound - bytes.lowerBound).addingReportingOverflow(1)
        guard !isAll else { return "16 EiB" }
        var count = difference
        for unit in ["bytes", "KiB", "MiB", "GiB", "TiB"] {
            if count & 0x3ff != 0 || count == 0 { return "\(count) \(unit)" }
            count >>= 10
        }
        return "\(count) PiB"
    }

    /// A number with `0x` before it, or a decimal one. A decimal one that lspci may have meant otherwise is a mistake where numbers are
    /// usually hexadecimal.
    static func read(_ text: Substring, _ what: String, isAddress: Bool) throws(LabelMistake) -> UInt64 {
        let isHex = text.hasPrefix("0x") || text.hasPrefix("0X")
        let digits = isHex ? text.dropFirst(2) : text
        let bytes = digits.utf8
        guard !bytes.isEmpty, bytes.allSatisfy({ isDigit($0) || (isHex || isAddress) && isLetter($0) }) else {
            throw LabelMistake("`\(text)` is no \(what): it is a number such as \(isAddress ? "`0xfebe0000`" : "`33` or `0x21`")")
        }
        if isAddress, !isHex {
            throw LabelMistake("`\(text)` may be decimal or hexadecimal: write `0x\(digits)` for what lspci shows")
        }
        if !isHex, bytes.count > 1, bytes.first == UInt8(ascii: "0") {
            throw LabelMistake("`\(text)` begins with 0, which makes it octal in a policy: leave the 0 out")
        }
        guard let number = UInt64(digits, radix: isHex ? 16 : 10) else { throw LabelMistake("`\(text)` is too large for any \(what)") }
        return number
    }

    /// A size: a number, and `K`, `M`, `G` or `T`, as lspci writes it. Nil for no size, and for 0.
    static func size(_ text: some StringProtocol) -> UInt64? {
        let units: [(Character, UInt64)] = [("K", 10), ("M", 20), ("G", 30), ("T", 40)]
        let unit = text.last.flatMap { last in units.first { $0.0 == last || $0.0.lowercased() == String(last) } }
        let digits = unit == nil ? Substring(text) : Substring(text).dropLast()
        let isHex = digits.hasPrefix("0x")
        let number = isHex ? UInt64(digits.dropFirst(2), radix: 16) : digits.utf8.allSatisfy(isDigit) ? UInt64(digits) : nil
        guard let number, number > 0 else { return nil }
        let (size, isTooLarge) = number.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0))
        return isTooLarge ? nil : size
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20) }
}
