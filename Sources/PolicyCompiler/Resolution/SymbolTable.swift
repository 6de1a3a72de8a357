import Flask

/// The symbols of one kind, as the source declares and requires them.
///
/// Entries stand in the order of first mention. Besides them the table keeps what the order of an image depends on:
/// how many slots checkpolicy's hash table would have by now, counting that a name which is already there can make it
/// grow too (libsepol, src/hashtab.c: the size is checked before the name is looked up).
struct SymbolTable<Entry: Sendable>: Sendable {
    private(set) var entries: [Entry] = []
    private(set) var identifiers: [Identifier] = []
    private(set) var slots: Int
    /// Numbers given so far: aliases have none of their own.
    private(set) var numberCount: UInt32 = 0
    private var visibility: [Visibility] = []
    /// Whether the global scope declares the symbol: then it may be used everywhere.
    private var isGlobal: [Bool] = []
    /// The scopes of entries that are mentioned in more than a few.
    private var scopesOfMany: [Int: Set<UInt32>] = [:]
    private static var fewScopes: Int { 32 }
    /// Entry numbers plus one, by identifier.
    private var places: [UInt32]

    /// Where a symbol may be used.
    struct Visibility: Sendable {
        /// Whether some declaration declares it, rather than only requiring it.
        var isDeclared: Bool
        /// The scopes that declare or require it; for kinds that are declared once, the declaring one comes last.
        var scopes: [UInt32]
        /// Where it is first mentioned, and declared if it is.
        var offset: UInt32
    }

    init(_ kind: SymbolKind, identifierCount: Int) {
        slots = kind.initialSlots
        places = [UInt32](repeating: 0, count: identifierCount)
    }

    subscript(index: Int) -> Entry {
        _read { yield entries[index] }
        _modify { yield &entries[index] }
    }

    func index(of identifier: Identifier) -> Int? {
        guard identifier.index < places.count, places[identifier.index] != 0 else { return nil }
        return Int(places[identifier.index]) - 1
    }

    func visibility(of index: Int) -> Visibility { visibility[index] }

    func isGlobal(_ index: Int) -> Bool { isGlobal[index] }

    mutating func nextNumber() -> UInt32 {
        numberCount += 1
        return numberCount
    }

    /// What came of an attempt to declare or require a name.
    enum Outcome: Hashable, Sendable {
        case added(Int)
        /// It was there; the mention is noted.
        case known(Int)
        /// It is declared already, and its kind may be declared only once.
        case duplicate(Int)
    }

    /// Mentions a name in a scope. `make` gives the entry of a name that is new.
    mutating func mention(
        _ reference: NameReference, isDeclaration: Bool, scope: UInt32, mayRepeat: Bool, _ make: (inout Self) -> Entry
    ) -> Outcome {
        while slots <= entries.count { slots *= 2 }
        guard let index = index(of: reference.identifier) else {
            let entry = make(&self)
            if reference.identifier.index >= places.count {
                places.append(
                    contentsOf: repeatElement(0, count: reference.identifier.index + 1 - places.count))
            }
            entries.append(entry)
            identifiers.append(reference.identifier)
            visibility.append(
                Visibility(isDeclared: isDeclaration, scopes: [scope], offset: reference.offset))
            isGlobal.append(scope == 0)
            places[reference.identifier.index] = UInt32(entries.count)
            return .added(entries.count - 1)
        }
        if visibility[index].isDeclared, isDeclaration, !mayRepeat { return .duplicate(index) }
        let wasDeclared = visibility[index].isDeclared
        if isDeclaration, !wasDeclared {
            visibility[index].isDeclared = true
            visibility[index].offset = reference.offset
        }
        if isNew(scope, to: index) {
            visibility[index].scopes.append(scope)
            if scope == 0 { isGlobal[index] = true }
            let count = visibility[index].scopes.count
            // The scope that declares stays at the end.
            if wasDeclared, !isDeclaration, count > 1 { visibility[index].scopes.swapAt(count - 1, count - 2) }
        }
        return .known(index)
    }

    /// Whether a scope has not mentioned an entry before; notes that it has where there are many.
    private mutating func isNew(_ scope: UInt32, to index: Int) -> Bool {
        guard visibility[index].scopes.count > Self.fewScopes else { return !visibility[index].scopes.contains(scope) }
        if scopesOfMany[index] == nil { scopesOfMany[index] = Set(visibility[index].scopes) }
        return scopesOfMany[index]?.insert(scope).inserted ?? true
    }

    /// The entries in the order in which checkpolicy's table is walked.
    func walk(_ layout: ImageLayout, _ spellings: IdentifierTable) -> [Int] {
        layout.order(of: identifiers.map { Name(bytes: Array(spellings.bytes(of: $0))) }, slots: slots)
    }
}
