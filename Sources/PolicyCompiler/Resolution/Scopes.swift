/// The scopes of a policy: the global one, and each branch of each optional block.
struct Scopes: Sendable {
    struct Scope: Sendable {
        /// The scope around it and those around that, itself first.
        let chain: [UInt32]
        let isElse: Bool
        /// What the branch requires, by kind of symbol.
        var required: [Requirement] = []
    }

    struct Requirement: Hashable, Sendable {
        let kind: Statement.RequiredSymbol
        let identifier: Identifier
    }

    /// An optional block, or the whole policy.
    struct Block: Sendable {
        let first: UInt32
        var alternative: UInt32?
        let offset: UInt32
        /// The branch that takes effect, if one does.
        var enabled: UInt32?
    }

    private(set) var scopes: [Scope] = [Scope(chain: [0], isElse: false)]
    /// In the order of their beginnings; the first is the whole policy.
    var blocks: [Block] = [Block(first: 0, offset: 0, enabled: 0)]

    subscript(scope: UInt32) -> Scope {
        _read { yield scopes[Int(scope)] }
        _modify { yield &scopes[Int(scope)] }
    }

    mutating func beginOptional(inside parent: UInt32, offset: UInt32) -> UInt32 {
        let scope = UInt32(scopes.count)
        scopes.append(Scope(chain: [scope] + scopes[Int(parent)].chain, isElse: false))
        blocks.append(Block(first: scope, offset: offset))
        return scope
    }

    mutating func beginElse(of first: UInt32) -> UInt32 {
        let scope = UInt32(scopes.count)
        scopes.append(Scope(chain: [scope] + scopes[Int(first)].chain.dropFirst(), isElse: true))
        if let block = blocks.lastIndex(where: { $0.first == first }) { blocks[block].alternative = scope }
        return scope
    }
}

/// Walks the statements' scopes: which scope is current, through the begins and ends of optional blocks.
struct ScopeCursor {
    /// For each begin and else in the order of the statements, the scope that begins there.
    private let beginnings: [UInt32]
    private var next = 0
    private(set) var stack: [UInt32] = [0]

    init(_ beginnings: [UInt32]) {
        self.beginnings = beginnings
    }

    var current: UInt32 { stack[stack.count - 1] }

    mutating func begin() {
        stack.append(beginnings[next])
        next += 1
    }

    mutating func beginElse() {
        stack[stack.count - 1] = beginnings[next]
        next += 1
    }

    mutating func end() {
        if stack.count > 1 { stack.removeLast() }
    }
}
