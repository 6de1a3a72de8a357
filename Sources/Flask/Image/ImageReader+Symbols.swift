extension ImageReader {
    mutating func readSymbols() throws(ImageReadError) {
        try readCommons()
        try readClasses()
        try readRoles()
        try readTypes()
        try readUsers()
        if version.symbolKinds > SymbolKind.boolean.rawValue { try readBooleans() }
        if version.symbolKinds > SymbolKind.category.rawValue {
            try readSensitivities()
            try readCategories()
        }
    }

    /// A table's two counts: the numbers that it gives, and the entries that it holds.
    private mutating func readCounts(
        _ kind: SymbolKind, recordSize: Int
    ) throws(ImageReadError) -> (numbers: Int, entries: Int) {
        let offset = cursor.offset
        let numbers = try cursor.word32()
        guard numbers <= Self.maximumNumber else { throw fail(.tooManySymbols(numbers, kind), at: offset) }
        let entries = try cursor.count(ofSize: recordSize)
        guard entries == 0 || numbers > 0 else { throw fail(.tooManySymbols(UInt32(entries), kind), at: offset + 4) }
        return (Int(numbers), entries)
    }

    /// Puts an entry at its number's place.
    private func place<Entry>(
        _ entry: Entry, _ number: UInt32, in table: inout [Entry?], _ kind: SymbolKind, at offset: Int
    ) throws(ImageReadError) {
        guard number > 0, number <= table.count, table[Int(number) - 1] == nil else {
            throw fail(.invalidNumber(number, kind), at: offset)
        }
        table[Int(number) - 1] = entry
    }

    /// A table in which no number is without an entry.
    private func dense<Entry>(_ table: [Entry?], _ kind: SymbolKind, at offset: Int) throws(ImageReadError) -> [Entry] {
        var result: [Entry] = []
        result.reserveCapacity(table.count)
        for (index, entry) in table.enumerated() {
            guard let entry else { throw fail(.missingNumber(UInt32(index + 1), kind), at: offset) }
            result.append(entry)
        }
        return result
    }

    private func note(
        _ name: Name, _ names: inout NameIndex, _ kind: SymbolKind, at offset: Int
    ) throws(ImageReadError) {
        guard names.insert(name, 0) else { throw fail(.duplicateName(name, kind), at: offset) }
    }

    // MARK: Commons and classes

    private mutating func readCommons() throws(ImageReadError) {
        let start = cursor.offset
        let (numbers, entries) = try readCounts(.common, recordSize: 17)
        var table = [PermissionTable?](repeating: nil, count: numbers)
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let length = try cursor.word32()
            let number = try cursor.word32()
            let limit = try readPermissionCount()
            let count = try cursor.count(ofSize: 9)
            let name = try readName(length: length, at: offset)
            try note(name, &names, .common, at: offset)
            let common = try PermissionTable(name: name, permissions: readPermissions(count, limit: limit))
            try place(common, number, in: &table, .common, at: offset + 4)
        }
        policy.commons = try dense(table, .common, at: start)
    }

    private mutating func readPermissionCount() throws(ImageReadError) -> UInt32 {
        let count = try cursor.word32()
        guard count <= 32 else { throw fail(.invalidValue(count, .permissionCount), at: cursor.offset - 4) }
        return count
    }

    private mutating func readPermissions(
        _ count: Int, limit: UInt32
    ) throws(ImageReadError) -> [PermissionTable.Permission] {
        var permissions: [PermissionTable.Permission] = []
        var names = NameIndex(capacity: min(count, 32))
        permissions.reserveCapacity(min(count, 32))
        for _ in 0..<count {
            let offset = cursor.offset
            let length = try cursor.word32()
            let number = try cursor.word32()
            guard number > 0, number <= limit else { throw fail(.invalidValue(number, .permissionNumber), at: offset + 4) }
            let name = try readName(length: length, at: offset)
            try note(name, &names, .objectClass, at: offset)
            permissions.append(.init(name: name, number: number))
        }
        return permissions.sorted { $0.number == $1.number ? $0.name < $1.name : $0.number < $1.number }
    }

    private mutating func readClasses() throws(ImageReadError) {
        let start = cursor.offset
        let (numbers, entries) = try readCounts(.objectClass, recordSize: 25)
        var table = [ObjectClass?](repeating: nil, count: numbers)
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let (entry, number) = try readClass()
            try note(entry.name, &names, .objectClass, at: offset)
            try place(entry, number, in: &table, .objectClass, at: offset + 8)
        }
        policy.classes = try dense(table, .objectClass, at: start)
    }

    private mutating func readClass() throws(ImageReadError) -> (ObjectClass, number: UInt32) {
        let offset = cursor.offset
        let length = try cursor.word32()
        let commonLength = try cursor.word32()
        let number = try cursor.word32()
        let permissionCount = try readPermissionCount()
        let ownPermissions = try cursor.count(ofSize: 9)
        let constraintCount = try cursor.count(ofSize: 8)
        var entry = try ObjectClass(name: readName(length: length, at: offset))
        entry.permissionCount = permissionCount
        if commonLength > 0 {
            let common = try readName(length: commonLength, at: offset + 4)
            guard let index = policy.commons.firstIndex(where: { $0.name == common }) else {
                throw fail(.unknownCommon(common), at: cursor.offset - common.bytes.count)
            }
            entry.common = UInt32(index + 1)
        }
        entry.permissions = try readPermissions(ownPermissions, limit: permissionCount)
        entry.constraints = try readConstraints(constraintCount, validateTransitions: false)
        if version.hasValidateTransitions {
            let count = try cursor.count(ofSize: 8)
            entry.validateTransitions = try readConstraints(count, validateTransitions: true)
        }
        if version.hasObjectDefaults {
            entry.defaults.user = try readDefault(maximum: 2)
            entry.defaults.role = try readDefault(maximum: 2)
            entry.defaults.range = try readDefault(maximum: 7)
        }
        if version.hasTypeDefault { entry.defaults.type = try readDefault(maximum: 2) }
        return (entry, number)
    }

    private mutating func readDefault(maximum: UInt32) throws(ImageReadError) -> UInt32 {
        let value = try cursor.word32()
        guard value <= maximum else { throw fail(.invalidValue(value, .defaultContext), at: cursor.offset - 4) }
        return value
    }

    // MARK: Roles, types, users

    private mutating func readRoles() throws(ImageReadError) {
        let (numbers, entries) = try readCounts(.role, recordSize: 33)
        var table = [Role?](repeating: nil, count: numbers)
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let length = try cursor.word32()
            let number = try cursor.word32()
            let bounds = version.hasBounds ? try cursor.word32() : 0
            var role = try Role(name: readName(length: length, at: offset))
            try note(role.name, &names, .role, at: offset)
            guard role.name != "object_r" || number == 1 else { throw fail(.objectRoleNumber(number), at: offset + 4) }
            role.bounds = bounds
            role.dominates = try readBitmap()
            role.types = try readBitmap()
            deferBounds(bounds, .role, at: offset)
            deferred.append(DeferredCheck(offset: offset, numbers: role.dominates, kind: .role))
            deferred.append(DeferredCheck(offset: offset, numbers: role.types, kind: .type))
            try place(role, number, in: &table, .role, at: offset + 4)
        }
        policy.roles = table
    }

    private mutating func deferBounds(_ bounds: UInt32, _ kind: SymbolKind, at offset: Int) {
        guard bounds > 0 else { return }
        deferred.append(DeferredCheck(offset: offset + 8, numbers: [Int(bounds) - 1], kind: kind))
    }

    private mutating func readTypes() throws(ImageReadError) {
        let (numbers, entries) = try readCounts(.type, recordSize: 13)
        var table = [TypeEntry?](repeating: nil, count: numbers)
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let length = try cursor.word32()
            let number = try cursor.word32()
            let properties = try cursor.word32()
            let bounds = version.hasBounds ? try cursor.word32() : 0
            let name = try readName(length: length, at: offset)
            try note(name, &names, .type, at: offset)
            let isPrimary = version.hasBounds ? properties & 1 != 0 : properties != 0
            guard isPrimary else {
                policy.typeAliases.append(.init(name: name, number: number))
                let place = Int(number) - 1
                guard place >= 0 else { throw fail(.invalidNumber(number, .type), at: offset + 4) }
                deferred.append(DeferredCheck(offset: offset + 4, numbers: [place], kind: .type))
                continue
            }
            var entry = TypeEntry(name: name, isAttribute: version.hasBounds && properties & 2 != 0)
            entry.bounds = bounds
            deferBounds(bounds, .type, at: offset + 4)
            try place(entry, number, in: &table, .type, at: offset + 4)
        }
        policy.types = table
    }

    private mutating func readUsers() throws(ImageReadError) {
        let (numbers, entries) = try readCounts(.user, recordSize: 21)
        var table = [User?](repeating: nil, count: numbers)
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let length = try cursor.word32()
            let number = try cursor.word32()
            let bounds = version.hasBounds ? try cursor.word32() : 0
            var user = try User(name: readName(length: length, at: offset))
            try note(user.name, &names, .user, at: offset)
            user.bounds = bounds
            deferBounds(bounds, .user, at: offset)
            user.roles = try readBitmap()
            try check(user.roles, .role, at: offset)
            if version.hasMLS {
                user.range = try readRange()
                user.defaultLevel = try readLevel()
                for level in [user.range.low, user.range.high, user.defaultLevel] { try deferCheck(of: level, at: offset) }
            }
            try place(user, number, in: &table, .user, at: offset + 4)
        }
        policy.users = table
    }

    /// Levels of users come before the sensitivities and categories that they name.
    private mutating func deferCheck(of level: MLSLevel, at offset: Int) throws(ImageReadError) {
        guard policy.isMLS else { return }
        guard level.sensitivity > 0 else { throw fail(.unknownSymbol(0, .sensitivity), at: offset) }
        deferred.append(DeferredCheck(offset: offset, numbers: [Int(level.sensitivity) - 1], kind: .sensitivity))
        deferred.append(DeferredCheck(offset: offset, numbers: level.categories, kind: .category))
    }

    // MARK: Booleans, sensitivities, categories

    private mutating func readBooleans() throws(ImageReadError) {
        let start = cursor.offset
        let (numbers, entries) = try readCounts(.boolean, recordSize: 13)
        var table = [Boolean?](repeating: nil, count: numbers)
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let number = try cursor.word32()
            let value = try cursor.word32()
            guard value <= 1 else { throw fail(.invalidValue(value, .booleanValue), at: offset + 4) }
            let boolean = try Boolean(name: readName(), value: value == 1)
            try note(boolean.name, &names, .boolean, at: offset)
            try place(boolean, number, in: &table, .boolean, at: offset)
        }
        policy.booleans = try dense(table, .boolean, at: start)
    }

    /// Aliases count as numbers here without having one, so that the numbers are those of the other entries.
    private mutating func readSensitivities() throws(ImageReadError) {
        let start = cursor.offset
        let (_, entries) = try readCounts(.sensitivity, recordSize: 25)
        var found: [(Sensitivity, offset: Int)] = []
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let length = try cursor.word32()
            let isAlias = try cursor.word32()
            let name = try readName(length: length, at: offset)
            try note(name, &names, .sensitivity, at: offset)
            let level = try readLevel()
            if isAlias != 0 {
                policy.sensitivityAliases.append(.init(name: name, number: level.sensitivity))
            } else {
                found.append((Sensitivity(name: name, level: level), offset))
            }
            if policy.isMLS {
                deferred.append(DeferredCheck(offset: offset, numbers: level.categories, kind: .category))
            }
        }
        var table = [Sensitivity?](repeating: nil, count: found.count)
        for (sensitivity, offset) in found {
            try place(sensitivity, sensitivity.level.sensitivity, in: &table, .sensitivity, at: offset)
        }
        policy.sensitivities = try dense(table, .sensitivity, at: start)
        for alias in policy.sensitivityAliases { try check(UInt64(alias.number), .sensitivity, at: start) }
    }

    private mutating func readCategories() throws(ImageReadError) {
        let start = cursor.offset
        let (_, entries) = try readCounts(.category, recordSize: 13)
        var found: [(Name, number: UInt32, offset: Int)] = []
        var names = NameIndex(capacity: entries)
        for _ in 0..<entries {
            let offset = cursor.offset
            let length = try cursor.word32()
            let number = try cursor.word32()
            let isAlias = try cursor.word32()
            let name = try readName(length: length, at: offset)
            try note(name, &names, .category, at: offset)
            if isAlias != 0 {
                policy.categoryAliases.append(.init(name: name, number: number))
            } else {
                found.append((name, number, offset))
            }
        }
        var table = [Name?](repeating: nil, count: found.count)
        for (name, number, offset) in found { try place(name, number, in: &table, .category, at: offset + 4) }
        policy.categories = try dense(table, .category, at: start)
        for alias in policy.categoryAliases { try check(UInt64(alias.number), .category, at: start) }
    }
}
