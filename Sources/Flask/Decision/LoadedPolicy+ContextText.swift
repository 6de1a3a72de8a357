extension LoadedPolicy {
    // MARK: Writing

    /// A context as text: user, role and type, and under MLS the range (Xen, xen/xsm/flask/ss/services.c:
    /// `context_struct_to_string`; mls.c: `mls_sid_to_context`).
    ///
    /// Throws ``DecisionError/unknownSymbol(_:_:)`` when the policy has no such symbols.
    public func text(of context: borrowing SecurityContext) throws(DecisionError) -> [UInt8] {
        try checkSymbols(context)
        let policy = tables.policy
        var text = policy.users[Int(context.user) - 1]?.name.bytes ?? []
        text.append(Self.colon)
        text += policy.roles[Int(context.role) - 1]?.name.bytes ?? []
        text.append(Self.colon)
        text += policy.types[Int(context.type) - 1]?.name.bytes ?? []
        guard policy.isMLS else { return text }
        text.append(Self.colon)
        try append(context.range.low, to: &text)
        if context.range.low != context.range.high {
            text.append(UInt8(ascii: "-"))
            try append(context.range.high, to: &text)
        }
        return text
    }

    private static var colon: UInt8 { UInt8(ascii: ":") }

    private func append(_ level: MLSLevel, to text: inout [UInt8]) throws(DecisionError) {
        let policy = tables.policy
        guard level.sensitivity > 0, level.sensitivity <= policy.sensitivities.count else {
            throw .unknownSymbol(.sensitivity, level.sensitivity)
        }
        text += policy.sensitivities[Int(level.sensitivity) - 1].name.bytes
        var separator = Self.colon
        var first: Int?
        var last = 0
        func end(_ text: inout [UInt8]) {
            guard let first, last > first else { return }
            text.append(UInt8(ascii: last - first > 1 ? "." : ","))
            text += policy.categories[last].bytes
        }
        for category in level.categories {
            guard category < policy.categories.count else { throw .unknownSymbol(.category, UInt32(category) + 1) }
            if first == nil || category - last > 1 {
                end(&text)
                text.append(separator)
                separator = UInt8(ascii: ",")
                text += policy.categories[category].bytes
                first = category
            }
            last = category
        }
        end(&text)
    }

    // MARK: Reading

    /// The valid context that a text means (Xen, xen/xsm/flask/ss/services.c: `security_context_to_sid`; mls.c:
    /// `mls_context_to_sid`). One zero byte may end it.
    ///
    /// As in Xen, what follows a `-` behind the categories of the high level does not matter, as long as it has no `:`.
    public func context(_ text: [UInt8]) throws(ContextTextError) -> SecurityContext {
        var reader = ContextReader(text)
        let user = try number(reader.name(until: [Self.colon], isLast: false), .user, tables.names.users)
        let role = try number(reader.name(until: [Self.colon], isLast: false), .role, tables.names.roles)
        let typeName = try reader.name(until: [Self.colon], isLast: true)
        let type = try number(typeName, .type, tables.names.types)
        if tables.policy.types[Int(type) - 1]?.isAttribute == true { throw .isAttribute(typeName) }
        var context = SecurityContext(user: user, role: role, type: type)
        if tables.policy.isMLS { context.range = try range(&reader) }
        guard reader.isAtEnd(isMLS: tables.policy.isMLS) else { throw .trailingText }
        guard tables.policy.isValid(context) else { throw .invalid(context) }
        return context
    }

    private func number(_ name: Name, _ kind: SymbolKind, _ numbers: NameIndex) throws(ContextTextError) -> UInt32 {
        guard let number = numbers[name] else { throw .unknownName(kind, name) }
        return number
    }

    private func range(_ reader: inout ContextReader) throws(ContextTextError) -> MLSRange {
        // A context without a level ends with its type.
        guard reader.delimiter != nil else { throw .incomplete }
        let low = try level(&reader, until: [Self.colon, UInt8(ascii: "-")])
        guard reader.delimiter == UInt8(ascii: "-") else { return MLSRange(low: low, high: low) }
        let high = try level(&reader, until: [Self.colon])
        // Xen reads a third level's name here, and forgets it.
        if reader.delimiter == UInt8(ascii: "-") { _ = try reader.name(until: [Self.colon], isLast: true) }
        return MLSRange(low: low, high: high)
    }

    private func level(_ reader: inout ContextReader, until ends: [UInt8]) throws(ContextTextError) -> MLSLevel {
        let name = try reader.name(until: ends, isLast: true)
        var level = MLSLevel(sensitivity: try number(name, .sensitivity, tables.names.sensitivities))
        guard reader.delimiter == Self.colon else { return level }
        repeat {
            let word = try reader.name(until: [UInt8(ascii: ","), UInt8(ascii: "-")], isLast: true)
            let parts = word.bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
            let first = Name(bytes: Array(parts[0]))
            let low = try number(first, .category, tables.names.categories)
            guard parts.count == 2 else {
                level.categories.insert(Int(low) - 1)
                continue
            }
            let last = Name(bytes: Array(parts[1]))
            let high = try number(last, .category, tables.names.categories)
            guard low < high else { throw .emptyCategoryRange(first, last) }
            level.categories.insert(Int(low) - 1...Int(high) - 1)
        } while reader.delimiter == UInt8(ascii: ",")
        return level
    }
}

/// Takes a context's text apart.
private struct ContextReader {
    private let text: [UInt8]
    private var place = 0
    /// What ended the last name; nil at the end of the text.
    private(set) var delimiter: UInt8?

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The next name, which ends at one of the bytes, or with the text where it may be the last one.
    mutating func name(until ends: [UInt8], isLast: Bool) throws(ContextTextError) -> Name {
        let start = place
        while place < text.count, text[place] != 0, !ends.contains(text[place]) { place += 1 }
        let name = Name(bytes: Array(text[start..<place]))
        delimiter = place < text.count && text[place] != 0 ? text[place] : nil
        guard delimiter != nil else {
            if isLast { return name }
            throw .incomplete
        }
        place += 1
        return name
    }

    /// Whether all was read as Xen counts it: behind the end it steps over one byte more, which is a zero byte or not
    /// there, unless a third level ended with a `:`.
    func isAtEnd(isMLS: Bool) -> Bool {
        text.count - place <= (isMLS || delimiter == nil ? 1 : 0)
    }
}
