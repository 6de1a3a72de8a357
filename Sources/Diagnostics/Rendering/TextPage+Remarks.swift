extension TextPage {
    /// The lines that follow the excerpts: how the text came about, why it is wrong, what to do.
    struct Remarks {
        private(set) var lines: [(title: String, text: String)] = []

        /// How many calls of a deep macro stack are shown: those next to the text, and those that the author wrote.
        private static let innermost = 8
        private static let outermost = 4

        /// How much replaced text a suggestion repeats, in bytes.
        private static let quotedLength = 60

        mutating func add(_ title: String, _ text: String) {
            lines.append(("\(title): ", text))
        }

        mutating func addStack(of span: Span, locator: inout SourceLocator) {
            let stack = locator.stack(of: span)
            let hidden = stack.count - Self.innermost - Self.outermost
            for (index, call) in stack.enumerated() {
                // Leaving out a single call would not make the text shorter.
                if hidden > 1, index >= Self.innermost, index < Self.innermost + hidden {
                    if index == Self.innermost { lines.append(("", "… \(hidden) more expansions")) }
                    continue
                }
                let place = Self.place(of: call.call, locator: &locator)
                lines.append(("in expansion of ", "`\(locator.macroName(of: call))`\(place)"))
            }
        }

        mutating func add(_ suggestion: Diagnostic.Suggestion, primary: Span, locator: inout SourceLocator) {
            let new = suggestion.replacement
            guard let region = locator.region(of: suggestion.span) else {
                return add("suggestion", "`\(new)`")
            }
            let place = suggestion.span.start == primary.start
                ? "" : Self.place(of: suggestion.span.start, locator: &locator)
            let old = Self.quote(region)
            if region.extent.isEmpty {
                add("suggestion", "insert `\(new)`\(place)")
            } else if new.isEmpty {
                add("suggestion", "remove `\(old)`\(place)")
            } else {
                add("suggestion", "replace `\(old)` with `\(new)`\(place)")
            }
        }

        private static func place(of position: SourcePosition, locator: inout SourceLocator) -> String {
            locator.region(of: Span(start: position, length: 0)).map { ", \($0.location)" } ?? ""
        }

        /// The text of a region, made visible; a long one is cut.
        private static func quote(_ region: SourceRegion) -> String {
            let bytes = region.file.bytes
            let end = region.extent.upperBound
            var text: [UInt8] = []
            var offset = region.extent.lowerBound
            while offset < end, offset - region.extent.lowerBound < quotedLength {
                let step = UTF8Decoder.step(bytes, at: offset, end: end)
                if let scalar = step.scalar {
                    _ = VisibleText.append(scalar, to: &text)
                } else {
                    for byte in bytes[offset..<offset + step.length] {
                        _ = VisibleText.append(illFormed: byte, to: &text)
                    }
                }
                offset += step.length
            }
            return String(decoding: text, as: UTF8.self) + (offset < end ? "…" : "")
        }
    }
}
