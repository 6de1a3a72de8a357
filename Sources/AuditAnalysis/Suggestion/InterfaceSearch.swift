import Flask
import PolicyAnalysis
import PolicyCompiler

/// Finds calls of a tree's interfaces that give what is wanted.
///
/// Each interface is expanded once with parameters that stand for types, which says what kind of thing it gives. Then its calls with the types
/// that a log names, and those from whose names these are made, are expanded for good, behind the whole tree: what counts is what such a
/// call says where it would stand.
struct InterfaceSearch<Reader: SourceReader> {
    struct Candidate {
        let call: InterfaceCall
        let interface: PolicyInterface
        /// The places of the wanted rules that it gives, ascending.
        var covered: [Int]
        /// How much it gives that nobody wants.
        let excess: Int
    }

    private let tree: PolicyTree
    private let build: SourceBuild<Reader>
    private let table: GrantTable
    private let wanted: [WantedRule]
    private var limit: Int
    /// Whether there were more calls than are expanded.
    private(set) var isCut = false

    /// No call has more arguments, and no more types are tried for one where there are three.
    private static var parameterLimit: Int { 3 }
    private static var typeLimit: Int { 8 }

    init(_ tree: PolicyTree, _ build: SourceBuild<Reader>, _ table: GrantTable, _ wanted: [WantedRule], limit: Int) {
        self.tree = tree
        self.build = build
        self.table = table
        self.wanted = wanted
        self.limit = limit
    }

    /// All calls that give any of what is wanted, in the order of the interfaces.
    mutating func candidates() throws(SourceReadError) -> [Candidate] {
        let options = build.treeOptions
        let interfaces = try tree.interfaces(options, reader: build.reader).filter { (1...Self.parameterLimit).contains($0.parameters) }
        let shapes = try tree.expansions(
            of: interfaces.map { InterfaceCall($0.name, InterfaceParameter.names($0.parameters)) }, options, reader: build.reader)
        var calls: [(call: InterfaceCall, interface: PolicyInterface)] = []
        for (interface, shape) in zip(interfaces, shapes) {
            guard let shape, shape.hasRulesOnly, !shape.rules.isEmpty else { continue }
            for arguments in arguments(interface, shape) {
                guard limit > 0 else {
                    isCut = true
                    break
                }
                limit -= 1
                calls.append((InterfaceCall(interface.name, arguments), interface))
            }
        }
        let expansions = try tree.expansions(of: calls.map(\.call), options, reader: build.reader)
        let asked = Dictionary(
            wanted.map { (GrantTable.Grant(source: $0.source, target: $0.target, objectClass: $0.objectClass), $0.permissions) }, uniquingKeysWith: |)
        var found: [Candidate] = []
        for (entry, expansion) in zip(calls, expansions) {
            guard let expansion, expansion.hasRulesOnly else { continue }
            let covered = wanted.indices.filter { table.cover(expansion.rules, wanted[$0]) }
            guard !covered.isEmpty, let excess = table.excess(expansion.rules, wanted: asked) else { continue }
            found.append(Candidate(call: entry.call, interface: entry.interface, covered: covered, excess: excess))
        }
        return found
    }

    // MARK: Arguments

    private func arguments(_ interface: PolicyInterface, _ shape: InterfaceExpansion) -> [[String]] {
        let near = wanted.filter { rule in shape.rules.contains { $0.isAbout(rule) } }
        var found: [[String]] = []
        var known: Set<[String]> = []
        func add(_ arguments: [String], _ rule: WantedRule) {
            guard isPlausible(shape, arguments, rule), known.insert(arguments).inserted else { return }
            found.append(arguments)
        }
        if interface.parameters < 3 {
            for rule in near {
                let types = types(near: [rule])
                for first in types {
                    if interface.parameters == 1 { add([first], rule) } else { for second in types { add([first, second], rule) } }
                }
            }
        } else {
            let types = types(near: near).prefix(Self.typeLimit)
            for rule in near {
                for first in types { for second in types { for third in types { add([first, second, third], rule) } } }
            }
        }
        return found
    }

    /// The types of rules, and those from whose names theirs are made: `domU_t` of `domU_t_self`.
    private func types(near rules: [WantedRule]) -> [String] {
        var found: [String] = []
        for name in rules.flatMap({ [$0.sourceName, $0.targetName] }) {
            if !found.contains(name) { found.append(name) }
            var end = name.endIndex
            while let place = name[..<end].lastIndex(of: "_") {
                let base = String(name[..<place])
                if table.type(base) != nil, !found.contains(base) { found.append(base) }
                end = place
            }
        }
        return found
    }

    /// Whether some rule of an interface may be about the wanted types with these arguments. A name that is not there may be another one in
    /// such a call, because macros decide by it.
    private func isPlausible(_ shape: InterfaceExpansion, _ arguments: [String], _ wanted: WantedRule) -> Bool {
        func fits(_ names: [String], _ type: UInt32) -> Bool {
            names.contains { name in
                if name == "*" || name == "~" || name == "self" { return true }
                var filled = name
                for (number, argument) in arguments.enumerated() { filled = InterfaceParameter.replace(number + 1, by: argument, in: filled) }
                return table.names(filled, type) || filled != name && !table.isKnown(filled)
            }
        }
        return shape.rules.contains { $0.isAbout(wanted) && fits($0.sources, wanted.source) && fits($0.targets, wanted.target) }
    }
}

/// What a parameter is called while it stands for any type.
private enum InterfaceParameter {
    static func name(_ number: Int) -> String { "xsm_parameter_\(String(repeating: "x", count: number))_t" }

    static func names(_ count: Int) -> [String] { (1...max(1, count)).map { name($0) } }

    static func replace(_ number: Int, by argument: String, in text: String) -> String {
        guard let range = text.firstRange(of: name(number)) else { return text }
        return String(text[..<range.lowerBound]) + argument + String(text[range.upperBound...])
    }
}

extension InterfaceExpansion.Rule {
    /// Whether it gives something of what is wanted, to whomever.
    fileprivate func isAbout(_ wanted: WantedRule) -> Bool {
        !isConditional && classes.contains(wanted.className)
            && (permissions.contains("*") || permissions.contains("~") || wanted.permissionNames.contains { permissions.contains($0.name) })
    }
}
