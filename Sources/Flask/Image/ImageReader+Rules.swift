extension ImageReader {
    mutating func readRules() throws(ImageReadError) {
        let offset = cursor.offset
        ruleEntryCount = try cursor.count(ofSize: version.hasCompactRules ? 12 : 24)
        guard ruleEntryCount > 0 else { throw fail(.noRules, at: offset) }
        var rules: [Rule] = []
        rules.reserveCapacity(ruleEntryCount)
        try readRules(ruleEntryCount, &rules)
        policy.rules.rules = rules
    }

    private mutating func readRules(_ count: Int, _ rules: inout [Rule]) throws(ImageReadError) {
        guard version.hasCompactRules else {
            for _ in 0..<count { try readMergedRules(&rules) }
            return
        }
        var rest = count
        while rest > 0 {
            rest -= readPlainRules(rest, &rules)
            guard rest > 0 else { return }
            try rules.append(readCompactRule())
            rest -= 1
        }
    }

    /// Reads rules up to the first that is not plain, or not right: a large policy has a hundred thousand, nearly all of
    /// which grant or audit. How many there were.
    private mutating func readPlainRules(_ count: Int, _ rules: inout [Rule]) -> Int {
        let knownTypes = knownTypes
        let classCount = policy.classes.count
        let first = cursor.offset
        let count = min(count, cursor.remaining / 12)
        var offset = first
        cursor.withBytes { bytes in
            let words = knownTypes.span
            func isType(_ number: UInt16) -> Bool { words[Int(number >> 6)] >> UInt64(number & 63) & 1 != 0 }
            rules.append(addingCapacity: count) { output in
                for _ in 0..<count {
                    let rule = Rule(key: bytes.word(at: offset), data: bytes.word(at: offset + 8))
                    guard rule.kind == .allow || rule.kind == .auditAllow || rule.kind == .auditDeny,
                        isType(rule.source), isType(rule.target), rule.objectClass &- 1 < classCount
                    else { break }
                    output.append(rule)
                    offset += 12
                }
            }
        }
        cursor.skip(offset - first)
        return (offset - first) / 12
    }

    private mutating func readCompactRule() throws(ImageReadError) -> Rule {
        let offset = cursor.offset
        let key = try cursor.word64()
        var rule = Rule(key: key, data: 0)
        guard rule.kind.isOneKind, !rule.kind.isExtended || version.hasExtendedPermissions else {
            throw fail(.invalidRuleKind(UInt32(key >> 48)), at: offset + 6)
        }
        try checkKey(UInt32(rule.source), UInt32(rule.target), UInt32(rule.objectClass), at: offset, width: 2)
        if rule.kind.isExtended {
            rule.data = UInt32(policy.rules.extendedPermissions.count)
            try policy.rules.extendedPermissions.append(readExtendedPermissions())
        } else {
            rule.data = try cursor.word32()
            if rule.kind.isType { try check(UInt64(rule.data), .type, at: cursor.offset - 4) }
        }
        return rule
    }

    private func checkKey(
        _ source: UInt32, _ target: UInt32, _ objectClass: UInt32, at offset: Int, width: Int
    ) throws(ImageReadError) {
        try check(UInt64(source), .type, at: offset)
        try check(UInt64(target), .type, at: offset + width)
        try check(UInt64(objectClass), .objectClass, at: offset + 2 * width)
    }

    private mutating func readExtendedPermissions() throws(ImageReadError) -> ExtendedPermissions {
        let number = try cursor.byte()
        guard let kind = ExtendedPermissions.Kind(rawValue: number) else {
            throw fail(.invalidValue(UInt32(number), .extendedPermissionKind), at: cursor.offset - 1)
        }
        let driver = try cursor.byte()
        var words: [UInt32] = []
        words.reserveCapacity(8)
        for _ in 0..<8 { words.append(try cursor.word32()) }
        return ExtendedPermissions(kind: kind, driver: driver, words: words)
    }

    /// Before version 20: up to three rules of the same types and class in one entry.
    private mutating func readMergedRules(_ rules: inout [Rule]) throws(ImageReadError) {
        let offset = cursor.offset
        let size = try cursor.word32()
        guard (5...8).contains(size) else { throw fail(.wrongRuleSize(size), at: offset) }
        let source = try cursor.word32()
        let target = try cursor.word32()
        let objectClass = try cursor.word32()
        try checkKey(source, target, objectClass, at: offset + 4, width: 4)
        guard objectClass <= Self.maximumNumber else { throw fail(.unknownSymbol(UInt64(objectClass), .objectClass), at: offset + 12) }
        let specified = try cursor.word32()
        let vectors = specified & 0x7
        let types = specified & 0x70
        guard (vectors == 0) != (types == 0) else { throw fail(.invalidRuleKind(specified), at: offset + 16) }
        var words = size - 4
        for kind in ImageWriter.mergeOrder where specified & UInt32(kind.rawValue) != 0 {
            guard words > 0 else { throw fail(.wrongRuleSize(size), at: offset) }
            words -= 1
            let data = try cursor.word32()
            if kind.isType { try check(UInt64(data), .type, at: cursor.offset - 4) }
            rules.append(
                Rule(
                    source: UInt16(source), target: UInt16(target), objectClass: UInt16(objectClass), kind: kind, data: data))
        }
        guard words == 0 else { throw fail(.wrongRuleSize(size), at: offset) }
    }

    // MARK: Conditions

    mutating func readConditionals() throws(ImageReadError) {
        let count = try cursor.count(ofSize: 16)
        policy.conditionals.reserveCapacity(count)
        for _ in 0..<count {
            let offset = cursor.offset
            let stateNumber = try cursor.word32()
            let state: Bool?
            switch stateNumber {
            case 0: state = false
            case 1: state = true
            case UInt32.max: state = nil
            default: throw fail(.invalidValue(stateNumber, .conditionState), at: offset)
            }
            var conditional = try Conditional(state: state, expression: readCondition())
            try readRuleList(&conditional.whenTrue)
            try readRuleList(&conditional.whenFalse)
            policy.conditionals.append(conditional)
        }
    }

    private mutating func readCondition() throws(ImageReadError) -> [Conditional.Term] {
        let start = cursor.offset
        let count = try cursor.count(ofSize: 8)
        var terms: [Conditional.Term] = []
        terms.reserveCapacity(count)
        var depth = 0
        for _ in 0..<count {
            let offset = cursor.offset
            let number = try cursor.word32()
            let boolean = try cursor.word32()
            guard let operation = Conditional.Operator(rawValue: number) else {
                throw fail(.invalidValue(number, .conditionOperator), at: offset)
            }
            switch operation {
            case .boolean:
                try check(UInt64(boolean), .boolean, at: offset + 4)
                guard depth < Conditional.maximumDepth else { throw fail(.malformedCondition, at: offset) }
                depth += 1
            case .not:
                guard depth >= 1, boolean == 0 else { throw fail(.malformedCondition, at: offset) }
            case .or, .and, .xor, .equal, .notEqual:
                guard depth >= 2, boolean == 0 else { throw fail(.malformedCondition, at: offset) }
                depth -= 1
            }
            terms.append(Conditional.Term(operation, boolean: boolean))
        }
        guard depth == 1 else { throw fail(.malformedCondition, at: start) }
        return terms
    }

    private mutating func readRuleList(_ rules: inout [Rule]) throws(ImageReadError) {
        let count = try cursor.count(ofSize: version.hasCompactRules ? 12 : 24)
        rules.reserveCapacity(count)
        try readRules(count, &rules)
    }
}

extension Rule.Kind {
    /// Whether it is exactly one of the kinds that there are.
    fileprivate var isOneKind: Bool { rawValue & ~0x777 == 0 && rawValue != 0 && rawValue & (rawValue &- 1) == 0 }
}

extension Rule {
    /// The rule of an entry since version 20, whose first eight bytes are the key.
    @inline(__always)
    fileprivate init(key: UInt64, data: UInt32) {
        // The high bit of the kind says whether a condition holds: the condition's state says so too.
        self.init(
            source: UInt16(truncatingIfNeeded: key), target: UInt16(truncatingIfNeeded: key >> 16),
            objectClass: UInt16(truncatingIfNeeded: key >> 32),
            kind: Kind(rawValue: UInt16(truncatingIfNeeded: key >> 48) & 0xfff), data: data)
    }
}
