// The pieces that images are made of, and the checks of numbers.

extension ImageReader {
    func fail(_ reason: ImageReadError.Reason, at offset: Int) -> ImageReadError {
        ImageReadError(offset: offset, reason: reason)
    }

    /// A name of at least one byte; longer ones than `limit` are refused.
    mutating func readName(limit: Int = Int.max) throws(ImageReadError) -> Name {
        let offset = cursor.offset
        return try readName(length: cursor.word32(), at: offset, limit: limit)
    }

    mutating func readName(length: UInt32, at offset: Int, limit: Int = Int.max) throws(ImageReadError) -> Name {
        guard length > 0, length <= limit else { throw fail(.invalidNameLength(length), at: offset) }
        return try Name(bytes: cursor.bytes(Int(length)))
    }

    mutating func readBitmap() throws(ImageReadError) -> Bitmap {
        let offset = cursor.offset
        let size = try cursor.word32()
        let bound = try cursor.word32()
        let count = try cursor.word32()
        guard size == 64 else { throw fail(.bitmap(.wordSize(size)), at: offset) }
        // Without a bound there are no words, whatever their number.
        guard bound > 0 else { return Bitmap() }
        guard bound % 64 == 0, count > 0 else { throw fail(.bitmap(.upperBound(bound)), at: offset + 4) }
        guard Int(count) <= cursor.remaining / 12 else {
            throw fail(.bitmap(.truncated), at: cursor.offset + cursor.remaining)
        }
        var words: [Bitmap.Word] = []
        words.reserveCapacity(Int(count))
        var next: UInt64 = 0
        for _ in 0..<count {
            let start = try cursor.word32()
            guard start % 64 == 0, UInt64(start) >= next, start <= bound - 64 else {
                throw fail(.bitmap(.wordStart(start)), at: cursor.offset - 4)
            }
            next = UInt64(start) + 64
            let bits = try cursor.word64()
            guard bits != 0 else { throw fail(.bitmap(.emptyWord(start)), at: cursor.offset - 8) }
            words.append(Bitmap.Word(start: start, bits: bits))
        }
        guard next == UInt64(bound), let bitmap = Bitmap(words: words) else {
            throw fail(.bitmap(.upperBound(bound)), at: offset + 4)
        }
        return bitmap
    }

    mutating func readLevel() throws(ImageReadError) -> MLSLevel {
        let sensitivity = try cursor.word32()
        return try MLSLevel(sensitivity: sensitivity, categories: readBitmap())
    }

    /// One level, or two; no level at all stands for the lowest.
    mutating func readRange() throws(ImageReadError) -> MLSRange {
        let levels = try cursor.word32()
        guard levels == 1 || levels == 2 else { throw fail(.invalidValue(levels, .rangeLevels), at: cursor.offset - 4) }
        var range = MLSRange()
        range.low.sensitivity = try cursor.word32()
        range.high.sensitivity = levels == 2 ? try cursor.word32() : range.low.sensitivity
        range.low.categories = try readBitmap()
        range.high.categories = levels == 2 ? try readBitmap() : range.low.categories
        return range
    }

    /// A context of existing user, role and type, and in an MLS policy of existing levels.
    mutating func readContext() throws(ImageReadError) -> SecurityContext {
        let offset = cursor.offset
        let user = try cursor.word32()
        let role = try cursor.word32()
        let type = try cursor.word32()
        try check(UInt64(user), .user, at: offset)
        try check(UInt64(role), .role, at: offset + 4)
        try check(UInt64(type), .type, at: offset + 8)
        var context = SecurityContext(user: user, role: role, type: type)
        if version.hasMLS {
            context.range = try readRange()
            try check(context.range, at: offset + 12)
        }
        return context
    }

    // MARK: Numbers

    /// Whether a number is that of an entry. Types are let through where holes stand for attributes.
    func exists(_ number: UInt64, _ kind: SymbolKind) -> Bool {
        guard number > 0 else { return false }
        let index = Int(number - 1)
        switch kind {
        case .common: return index < policy.commons.count
        case .objectClass: return index < policy.classes.count
        case .role: return index < policy.roles.count && policy.roles[index] != nil
        case .type:
            return index < policy.types.count
                && (policy.types[index] != nil || (version.hasCompactRules && !version.hasBounds))
        case .user: return index < policy.users.count && policy.users[index] != nil
        case .boolean: return index < policy.booleans.count
        case .sensitivity: return index < policy.sensitivities.count
        case .category: return index < policy.categories.count
        }
    }

    func check(_ number: UInt64, _ kind: SymbolKind, at offset: Int) throws(ImageReadError) {
        guard exists(number, kind) else { throw fail(.unknownSymbol(number, kind), at: offset) }
    }

    /// Checks a set of indices.
    func check(_ indices: Bitmap, _ kind: SymbolKind, at offset: Int) throws(ImageReadError) {
        for index in indices { try check(UInt64(index) + 1, kind, at: offset) }
    }

    /// Without MLS levels mean nothing, and kernels do not look at them.
    func check(_ range: MLSRange, at offset: Int) throws(ImageReadError) {
        guard policy.isMLS else { return }
        for level in [range.low, range.high] { try check(level, at: offset) }
    }

    func check(_ level: MLSLevel, at offset: Int) throws(ImageReadError) {
        guard policy.isMLS else { return }
        try check(UInt64(level.sensitivity), .sensitivity, at: offset)
        try check(level.categories, .category, at: offset)
    }

    func checkDeferred() throws(ImageReadError) {
        // Sets of types are large, and rarely wrong.
        var types = Bitmap()
        for number in 1...max(policy.types.count, 1) where exists(UInt64(number), .type) { types.insert(number - 1) }
        for check in deferred where check.kind != .type || !types.isSuperset(of: check.numbers) {
            try self.check(check.numbers, check.kind, at: check.offset)
        }
    }
}
