@testable import XenStore

/// The store as slowly and plainly as it can be said: a dictionary of whole paths. What a domain may do is looked up anew each
/// time. It knows no transactions.
struct SerialModel: Equatable {
    struct Node: Equatable {
        var value: String
        var owner: Int
        var others: String
        var named: [String]
    }

    var nodes: [String: Node] = [:]

    /// The request of a random history.
    enum Operation {
        case read(String), list(String), permissions(String)
        case write(String, String), make(String), remove(String), setPermissions(String, String)
    }

    private func parent(_ path: String) -> String {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    private func existingAncestor(_ path: String) -> Node? {
        var path = path
        repeat { path = parent(path) } while nodes[path] == nil && path != "/"
        return nodes[path]
    }

    private func letters(_ caller: Int, _ node: Node) -> String {
        if caller == 0 || node.owner == caller { return "rwo" }
        let entry = node.named.first { $0.dropFirst() == "\(caller)" }.map { String($0.prefix(1)) } ?? node.others
        return ["n": "", "r": "r", "w": "w", "b": "rw"][entry] ?? ""
    }

    /// Refuses with the reason, as text.
    private func refusal(_ caller: Int, _ path: String, _ needed: String) -> String? {
        if let node = nodes[path] {
            return needed.allSatisfy { letters(caller, node).contains($0) } ? nil : "EACCES"
        }
        guard let above = existingAncestor(path) else { return "EIO" }
        return needed.contains { letters(caller, above).contains($0) } ? "ENOENT" : "EACCES"
    }

    private mutating func create(_ caller: Int, _ path: String) {
        guard nodes[path] == nil else { return }
        create(caller, parent(path))
        guard var node = nodes[parent(path)] else { return }
        node.value = ""
        if caller != 0 { node.owner = caller }
        nodes[path] = node
    }

    /// Does a request; gives its answer.
    mutating func perform(_ caller: Int, _ operation: Operation) -> String {
        switch operation {
        case .read(let path):
            return refusal(caller, path, "r") ?? nodes[path].map { "=" + $0.value } ?? ""
        case .list(let path):
            if let refusal = refusal(caller, path, "r") { return refusal }
            let prefix = path == "/" ? "/" : path + "/"
            return nodes.keys.filter { $0 != "/" && parent($0) == path }.map { String($0.dropFirst(prefix.count)) }.sorted()
                .joined(separator: " ")
        case .permissions(let path):
            if let refusal = refusal(caller, path, "r") { return refusal }
            return nodes[path].map { (["\($0.others)\($0.owner)"] + $0.named).joined(separator: " ") } ?? ""
        case .write(let path, let value):
            if let refusal = refusal(caller, path, "w"), refusal != "ENOENT" { return refusal }
            create(caller, path)
            nodes[path]?.value = value
        case .make(let path):
            if let refusal = refusal(caller, path, "w"), refusal != "ENOENT" { return refusal }
            create(caller, path)
        case .remove(let path):
            if let refusal = refusal(caller, path, "w") {
                return refusal == "ENOENT" && nodes[parent(path)] != nil ? "OK" : refusal
            }
            if path == "/" { return "EINVAL" }
            nodes = nodes.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
        case .setPermissions(let path, let text):
            if let refusal = refusal(caller, path, "wo") { return refusal }
            let entries = text.split(separator: " ").map(String.init)
            let owner = Int(entries[0].dropFirst()) ?? 0
            if caller != 0, nodes[path]?.owner != owner { return "EPERM" }
            nodes[path]?.owner = owner
            nodes[path]?.others = String(entries[0].prefix(1))
            nodes[path]?.named = Array(entries.dropFirst())
        }
        return "OK"
    }
}
