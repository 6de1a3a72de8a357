internal import Diagnostics

/// `format`, the C way of laying out text and whole numbers.
extension MacroEngine {
    /// A conversion's flags, width and precision.
    private struct Layout {
        var left = false
        var plus = false
        var space = false
        var alternate = false
        var zero = false
        var width = 0
        var precision: Int?
    }

    mutating func performFormat(_ call: Call) {
        guard checkCount(call, 1, nil) else { return }
        let format = bytes(call, 0)
        var result: [UInt8] = []
        var place = 0
        var next = 1
        while place < format.count {
            let byte = format[place]
            place += 1
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            if place < format.count, format[place] == UInt8(ascii: "%") {
                result.append(byte)
                place += 1
                continue
            }
            guard let layout = layout(format, &place, call, &next) else { return }
            var short = 0
            var long = 0
            while place < format.count, short + long == 0 {
                if format[place] == UInt8(ascii: "h") {
                    short = place + 1 < format.count && format[place + 1] == UInt8(ascii: "h") ? 2 : 1
                } else if format[place] == UInt8(ascii: "l") {
                    long = 1
                } else {
                    break
                }
                place += short + long
            }
            guard place < format.count else {
                reportFormat(format, call)
                break
            }
            let conversion = format[place]
            place += 1
            switch conversion {
            case UInt8(ascii: "s") where short + long == 0:
                let text = bytes(call, next)
                next += 1
                result += Self.pad(Array(text.prefix(layout.precision ?? text.count)), layout)
            case UInt8(ascii: "c") where short + long == 0:
                let value = UInt8(truncatingIfNeeded: formatNumber(call, &next))
                var padded = Self.pad([value], layout)
                // C strings end at a zero byte.
                if value == 0 { padded = Array(padded.prefix { $0 != 0 }) }
                result += padded
            case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"), UInt8(ascii: "o"), UInt8(ascii: "x"),
                UInt8(ascii: "X"):
                var value = formatNumber(call, &next)
                let signed = conversion == UInt8(ascii: "d") || conversion == UInt8(ascii: "i")
                if long == 0 {
                    switch (short, signed) {
                    case (2, true): value = Int(Int8(truncatingIfNeeded: value))
                    case (2, false): value = Int(UInt8(truncatingIfNeeded: value))
                    case (1, true): value = Int(Int16(truncatingIfNeeded: value))
                    case (1, false): value = Int(UInt16(truncatingIfNeeded: value))
                    case (_, true): value = Int(Int32(truncatingIfNeeded: value))
                    case (_, false): value = Int(UInt32(truncatingIfNeeded: value))
                    }
                }
                result += Self.integer(value, conversion, layout)
            case UInt8(ascii: "a"), UInt8(ascii: "A"), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "f"),
                UInt8(ascii: "F"), UInt8(ascii: "g"), UInt8(ascii: "G"):
                report(
                    "macro-format-unsupported", .error,
                    "`format` cannot lay out fractions: `%\(String(decoding: [conversion], as: UTF8.self))`",
                    at: call.site)
                next += 1
            default:
                reportFormat(format, call)
            }
            guard result.count <= limits.madeBytes else {
                stopRunaway("`format` makes more than \(limits.madeBytes) bytes", at: call.site, name: call.name)
                return
            }
        }
        expand(result, call)
    }

    private mutating func reportFormat(_ format: [UInt8], _ call: Call) {
        report(
            "macro-bad-format", .warning,
            "`\(String(decoding: format.prefix(80), as: UTF8.self))` has a conversion that is unknown", at: call.site)
    }

    /// Reads flags, width and precision; nil when they are beyond the limits.
    private mutating func layout(
        _ format: [UInt8], _ place: inout Int, _ call: Call, _ next: inout Int
    ) -> Layout? {
        var layout = Layout()
        flags: while place < format.count {
            switch format[place] {
            case UInt8(ascii: "-"): layout.left = true
            case UInt8(ascii: "+"): layout.plus = true
            case UInt8(ascii: " "): layout.space = true
            case UInt8(ascii: "#"): layout.alternate = true
            case UInt8(ascii: "0"): layout.zero = true
            case UInt8(ascii: "'"): break
            default: break flags
            }
            place += 1
        }
        layout.width = formatCount(format, &place, call, &next)
        if layout.width < 0 {
            layout.left = true
            layout.width = -layout.width
        }
        if place < format.count, format[place] == UInt8(ascii: ".") {
            place += 1
            let precision = formatCount(format, &place, call, &next)
            layout.precision = precision < 0 ? nil : precision
        }
        guard max(layout.width, layout.precision ?? 0) <= limits.madeBytes else {
            stopRunaway("`format` makes more than \(limits.madeBytes) bytes", at: call.site, name: call.name)
            return nil
        }
        return layout
    }

    /// A width or a precision: digits, or `*` for an argument.
    private mutating func formatCount(
        _ format: [UInt8], _ place: inout Int, _ call: Call, _ next: inout Int
    ) -> Int {
        if place < format.count, format[place] == UInt8(ascii: "*") {
            place += 1
            return Int(Int32(truncatingIfNeeded: formatNumber(call, &next)))
        }
        var value = 0
        while place < format.count, MacroSyntax.isDigit(format[place]) {
            value = min(value * 10 + Int(format[place] - UInt8(ascii: "0")), 1 << 40)
            place += 1
        }
        return value
    }

    /// The next argument as a number; an absent one is 0.
    private mutating func formatNumber(_ call: Call, _ next: inout Int) -> Int {
        guard next < call.count else { return 0 }
        let bytes = bytes(call, next)
        next += 1
        let (value, rest, overflow) = DecimalNumber.parse(bytes)
        if bytes.isEmpty {
            report("macro-empty-number", .warning, "an empty argument of `format` counts as 0", at: call.site)
        } else if rest != bytes.count || DecimalNumber.isSpace(bytes[0]) || overflow {
            report(
                "macro-bad-number", .warning,
                "`\(String(decoding: bytes.prefix(80), as: UTF8.self))` is no number for `format`", at: call.site)
        }
        return value
    }

    private static func integer(_ value: Int, _ conversion: UInt8, _ layout: Layout) -> [UInt8] {
        var digits: [UInt8]
        var prefix: [UInt8] = []
        switch conversion {
        case UInt8(ascii: "d"), UInt8(ascii: "i"):
            digits = Array(String(value.magnitude).utf8)
            if value < 0 { prefix = [UInt8(ascii: "-")] } else if layout.plus { prefix = [UInt8(ascii: "+")] } else if
                layout.space { prefix = [UInt8(ascii: " ")] }
        case UInt8(ascii: "o"): digits = Array(String(UInt(bitPattern: value), radix: 8).utf8)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            let upper = conversion == UInt8(ascii: "X")
            digits = Array(String(UInt(bitPattern: value), radix: 16, uppercase: upper).utf8)
            if layout.alternate, value != 0 { prefix = [UInt8(ascii: "0"), conversion] }
        default: digits = Array(String(UInt(bitPattern: value)).utf8)
        }
        if let precision = layout.precision {
            if precision == 0, value == 0 { digits = [] }
            digits = Array(repeating: UInt8(ascii: "0"), count: max(0, precision - digits.count)) + digits
        }
        if conversion == UInt8(ascii: "o"), layout.alternate, digits.first != UInt8(ascii: "0") {
            digits.insert(UInt8(ascii: "0"), at: 0)
        }
        if layout.zero, !layout.left, layout.precision == nil {
            let missing = max(0, layout.width - prefix.count - digits.count)
            digits = Array(repeating: UInt8(ascii: "0"), count: missing) + digits
        }
        return pad(prefix + digits, layout)
    }

    private static func pad(_ text: [UInt8], _ layout: Layout) -> [UInt8] {
        let padding = Array(repeating: UInt8(ascii: " "), count: max(0, layout.width - text.count))
        return layout.left ? text + padding : padding + text
    }
}
