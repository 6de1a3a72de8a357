import Diagnostics
import Flask

/// Transitions that contradict each other already where they are read.
///
/// checkpolicy looks for duplicates twice: when it reads a transition, among all that it has read, even in blocks that
/// will take no effect; and when it expands the policy. Only the first look sees what stands in such blocks.
extension Expander {
    mutating func checkTransitionsOfAllBlocks() {
        let effective = Set(scopes)
        guard resolution.contents.indices.contains(where: { mayEscape(Int($0), effective) }) else { return }
        let members = Members(resolution)
        var roles: Set<RoleKey> = []
        var files: Set<FileKey> = []
        for contents in resolution.contents {
            for transition in contents.roleTransitions {
                let types = members.types(transition.types)
                for role in members.roles(transition.roles) {
                    for type in types {
                        for objectClass in Set(transition.classes) {
                            if !roles.insert(RoleKey(role: role, type: type, objectClass: objectClass)).inserted {
                                reportDuplicate("duplicate-role-transition", transition.node)
                                return
                            }
                        }
                    }
                }
            }
            for transition in contents.filenameTransitions {
                let targets = members.types(transition.target)
                for source in members.types(transition.source) {
                    // A source that is among the targets meets itself.
                    for target in Array(targets) + (transition.includesSelf ? [source] : []) {
                        let key = FileKey(
                            source: source, target: target, objectClass: transition.objectClass, name: transition.name)
                        if !files.insert(key).inserted {
                            reportDuplicate("duplicate-filename-transition", transition.node)
                            return
                        }
                    }
                }
            }
        }
    }

    /// Whether a transition of a scope may escape the second look: its scope takes no effect, or what it excludes may
    /// be more by then.
    private func mayEscape(_ scope: Int, _ effective: Set<UInt32>) -> Bool {
        guard resolution.contents.count > 1 else { return false }
        let contents = resolution.contents[scope]
        guard effective.contains(UInt32(scope)) else {
            return !(contents.filenameTransitions.isEmpty && contents.roleTransitions.isEmpty)
        }
        return contents.roleTransitions.contains { !$0.types.excluded.isEmpty }
            || contents.filenameTransitions.contains { !$0.source.excluded.isEmpty || !$0.target.excluded.isEmpty }
    }

    private mutating func reportDuplicate(_ code: Diagnostic.Code, _ node: UInt32) {
        report(
            code, "another transition is for one of the same types and classes, perhaps in an `optional` block without effect",
            node: node)
    }

    private struct RoleKey: Hashable {
        let role: Int
        let type: Int
        let objectClass: UInt32
    }

    private struct FileKey: Hashable {
        let source: Int
        let target: Int
        let objectClass: UInt32
        let name: Identifier
    }

    /// What attributes stand for by what the global scope says.
    private struct Members {
        private let resolution: Resolution
        private(set) var typesOfAttribute: [Int: Set<Int>] = [:]
        private(set) var rolesOfAttribute: [Int: Set<Int>] = [:]

        init(_ resolution: Resolution) {
            self.resolution = resolution
            for (attribute, member) in resolution.contents[0].typeAttributes {
                typesOfAttribute[attribute, default: []].insert(member)
            }
            for (attribute, member) in resolution.contents[0].roleAttributes {
                rolesOfAttribute[attribute, default: []].insert(member)
            }
        }

        func types(_ set: TypeSet) -> Set<Int> {
            func expand(_ entries: ArraySlice<Int32>) -> Set<Int> {
                var result: Set<Int> = []
                for entry in entries {
                    if resolution.types[Int(entry)].flavor == .attribute {
                        result.formUnion(typesOfAttribute[Int(entry)] ?? [])
                    } else {
                        result.insert(Int(entry))
                    }
                }
                return result
            }
            return expand(resolution.included(set)).subtracting(expand(resolution.excluded(set)))
        }

        func roles(_ entries: [Int]) -> Set<Int> {
            var result: Set<Int> = []
            for entry in entries {
                if resolution.roles[entry].isAttribute {
                    result.formUnion(rolesOfAttribute[entry] ?? [])
                } else {
                    result.insert(entry)
                }
            }
            return result
        }
    }
}
