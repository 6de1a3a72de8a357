import Diagnostics
import Flask

/// A policy's statements with every name looked up: symbols, and per scope what stands in it.
struct Resolution: Sendable {
    var classes: SymbolTable<ClassSymbol>
    var commons: SymbolTable<CommonSymbol>
    var types: SymbolTable<TypeSymbol>
    var roles: SymbolTable<RoleSymbol>
    var users: SymbolTable<UserSymbol>
    var booleans: SymbolTable<BooleanSymbol>
    var sensitivities: SymbolTable<SensitivitySymbol>
    var categories: SymbolTable<CategorySymbol>
    /// Initial SIDs in the order of declaration, and their contexts where they have one.
    var initialSIDs: [InitialSIDSymbol] = []
    /// Their places plus one, by identifier.
    private var initialSIDPlaces: [UInt32]

    var scopes = Scopes()
    /// Indexed by scope.
    var contents: [ScopeContents] = [ScopeContents()]
    var capabilities: Bitmap = []
    var constraints: [ResolvedConstraint] = []
    var contexts = ResolvedContexts()

    var typePool: [Int32] = []
    var classPool: [ClassData] = []
    var extendedPermissions: [ExtendedPermissions] = []

    struct InitialSIDSymbol: Sendable {
        let reference: NameReference
        var context: ResolvedContext?
        var contextOffset: UInt32 = 0
    }

    init(identifierCount: Int) {
        classes = SymbolTable(.objectClass, identifierCount: identifierCount)
        commons = SymbolTable(.common, identifierCount: identifierCount)
        types = SymbolTable(.type, identifierCount: identifierCount)
        roles = SymbolTable(.role, identifierCount: identifierCount)
        users = SymbolTable(.user, identifierCount: identifierCount)
        booleans = SymbolTable(.boolean, identifierCount: identifierCount)
        sensitivities = SymbolTable(.sensitivity, identifierCount: identifierCount)
        categories = SymbolTable(.category, identifierCount: identifierCount)
        initialSIDPlaces = [UInt32](repeating: 0, count: identifierCount)
    }

    func initialSID(named identifier: Identifier) -> Int? {
        guard identifier.index < initialSIDPlaces.count, initialSIDPlaces[identifier.index] != 0 else { return nil }
        return Int(initialSIDPlaces[identifier.index]) - 1
    }

    mutating func addInitialSID(_ reference: NameReference) {
        initialSIDs.append(InitialSIDSymbol(reference: reference))
        initialSIDPlaces[reference.identifier.index] = UInt32(initialSIDs.count)
    }

    func included(_ set: TypeSet) -> ArraySlice<Int32> { typePool[Int(set.included.lowerBound)..<Int(set.included.upperBound)] }
    func excluded(_ set: TypeSet) -> ArraySlice<Int32> { typePool[Int(set.excluded.lowerBound)..<Int(set.excluded.upperBound)] }
    func classes(_ rule: ResolvedRule) -> ArraySlice<ClassData> {
        classPool[Int(rule.classes.lowerBound)..<Int(rule.classes.upperBound)]
    }
}

/// A constraint after lookup.
struct ResolvedConstraint: Sendable {
    struct Term: Sendable {
        let kind: Constraint.Term.Kind
        let attribute: Constraint.Attribute
        let comparison: Constraint.Term.Comparison
        /// Entries of the table of users or roles.
        let names: [Int]
        let types: TypeSet
    }

    /// The class's number and the permissions; permissions are nil for a validatetrans.
    let objectClass: UInt32
    let permissions: UInt32?
    let expression: [Term]
    let node: UInt32
}

/// A context after lookup: entries of the tables, and an expanded range.
struct ResolvedContext: Hashable, Sendable {
    let user: Int
    let role: Int
    let type: Int
    let range: MLSRange
}

/// Object contexts after lookup, in the order of the image.
struct ResolvedContexts: Sendable {
    var interrupts: [(number: UInt32, context: ResolvedContext)] = []
    var ioPorts: [(low: UInt32, high: UInt32, context: ResolvedContext)] = []
    var ioMemory: [(low: UInt64, high: UInt64, context: ResolvedContext)] = []
    var pciDevices: [(address: UInt32, context: ResolvedContext)] = []
    var deviceTreeNodes: [(path: Name, context: ResolvedContext)] = []
    var ports: [(transport: UInt32, low: UInt32, high: UInt32, context: ResolvedContext)] = []
    /// The newest comes first in the image: these come last to first.
    var interfaces: [(name: Name, first: ResolvedContext, second: ResolvedContext)] = []
    var nodes: [(address: [UInt8], mask: [UInt8], context: ResolvedContext)] = []
    var nodes6: [(address: [UInt8], mask: [UInt8], context: ResolvedContext)] = []
    /// Last to first, as interfaces.
    var filesystemUses: [(behaviour: UInt32, name: Name, context: ResolvedContext)] = []
    var partitionKeys: [(prefix: [UInt8], low: UInt32, high: UInt32, context: ResolvedContext)] = []
    var endPorts: [(device: Name, port: UInt32, context: ResolvedContext)] = []
    var genfs: [(filesystem: Name, entries: [(path: Name, objectClass: UInt32, context: ResolvedContext)])] = []
}
