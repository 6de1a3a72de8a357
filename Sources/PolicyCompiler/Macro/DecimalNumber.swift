/// Decimal numbers the way C reads them from text.
enum DecimalNumber {
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }

    /// The number at the beginning of the text, where what follows it begins, and whether it was cut to 64 bits.
    ///
    /// Text that begins with no number is 0 and all of it follows.
    static func parse(_ bytes: [UInt8]) -> (value: Int, end: Int, overflow: Bool) {
        var place = 0
        while place < bytes.count, isSpace(bytes[place]) { place += 1 }
        var negative = false
        if place < bytes.count, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
            negative = bytes[place] == UInt8(ascii: "-")
            place += 1
        }
        let digits = place
        var value = 0
        var overflow = false
        while place < bytes.count, MacroSyntax.isDigit(bytes[place]) {
            let digit = Int(bytes[place] - UInt8(ascii: "0"))
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = negative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            overflow = overflow || high || carry
            value = sum
            place += 1
        }
        if overflow { value = negative ? Int.min : Int.max }
        return (value, place > digits ? place : 0, overflow)
    }
}
