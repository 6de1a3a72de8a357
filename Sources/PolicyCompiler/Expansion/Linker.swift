import Diagnostics
import Flask

/// Decides which branches of optional blocks take effect: those whose requirements something declares (libsepol,
/// src/link.c: `enable_avrules`).
struct Linker {
    private let resolution: Resolution
    private(set) var isEnabled: [Bool]
    /// What the whole policy requires in vain, in an `if` outside all blocks.
    private(set) var missing: Scopes.Requirement?

    init(_ resolution: Resolution) {
        self.resolution = resolution
        isEnabled = resolution.scopes.scopes.map { !$0.isElse }
    }

    /// For each block of the policy the scope that takes effect, or nil.
    mutating func link() -> [UInt32?] {
        let blocks = resolution.scopes.blocks
        var enabled: [UInt32?] = blocks.map(\.first)
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            missing = missing ?? missingRequirement(of: 0)
            for index in blocks.indices.dropFirst() where enabled[index] != nil {
                if missingRequirement(of: blocks[index].first) != nil {
                    isEnabled[Int(blocks[index].first)] = false
                    enabled[index] = nil
                    hasChanged = true
                }
            }
        }
        for index in blocks.indices.dropFirst() where enabled[index] == nil {
            if let alternative = blocks[index].alternative {
                isEnabled[Int(alternative)] = true
                enabled[index] = alternative
            }
        }
        return enabled
    }

    /// What a branch, or one around it, requires in vain.
    func missingRequirement(of scope: UInt32) -> Scopes.Requirement? {
        for outer in resolution.scopes[scope].chain {
            for requirement in resolution.scopes[outer].required where !isMet(requirement) { return requirement }
        }
        return nil
    }

    private func isMet(_ requirement: Scopes.Requirement) -> Bool {
        switch requirement.kind {
        case .type, .attribute: isEnabled(requirement.identifier, resolution.types)
        case .role, .attributeRole: isAnywhereEnabled(requirement.identifier, resolution.roles)
        case .user: isAnywhereEnabled(requirement.identifier, resolution.users)
        case .boolean, .tunable: isEnabled(requirement.identifier, resolution.booleans)
        case .sensitivity: isEnabled(requirement.identifier, resolution.sensitivities)
        case .category: isEnabled(requirement.identifier, resolution.categories)
        }
    }

    private func isEnabled<Entry>(_ identifier: Identifier, _ table: SymbolTable<Entry>) -> Bool {
        table.index(of: identifier).map { isEnabled($0, table) } ?? false
    }

    private func isAnywhereEnabled<Entry>(_ identifier: Identifier, _ table: SymbolTable<Entry>) -> Bool {
        table.index(of: identifier).map { isAnywhereEnabled($0, table) } ?? false
    }

    /// Whether a symbol is declared by a branch that takes effect.
    func isEnabled<Entry>(_ index: Int, _ table: SymbolTable<Entry>) -> Bool {
        let visibility = table.visibility(of: index)
        guard visibility.isDeclared, let scope = visibility.scopes.last else { return false }
        return isEnabled[Int(scope)]
    }

    /// Roles and users may be declared in many branches: one that takes effect is enough.
    func isAnywhereEnabled<Entry>(_ index: Int, _ table: SymbolTable<Entry>) -> Bool {
        let visibility = table.visibility(of: index)
        return visibility.isDeclared && visibility.scopes.contains { isEnabled[Int($0)] }
    }
}
