import Flask

extension FlowDiagram {
    /// The picture in Graphviz's language, which has its own idea of where things go.
    public var dot: [UInt8] {
        var text = "digraph flow {\n"
        text += "    rankdir=LR;\n    labelloc=t;\n    label=\(Self.quoted(title));\n"
        text += "    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n    edge [fontname=\"monospace\", fontsize=10];\n"
        for (index, node) in nodes.enumerated() {
            let shape = node.isStart ? ", penwidth=2, color=\"#1f6fb2\"" : node.isEnd ? ", penwidth=2, color=\"#b4531b\"" : ""
            text += "    n\(index) [label=\(Self.quoted(node.name.description))\(shape)];\n"
        }
        for edge in edges {
            let lines = edge.step.accesses.map { access in
                let parts = access.summary(in: edge.step)
                return (access.isWrite ? "w " : "r ") + "\(parts.head) { \(parts.permissions.joined(separator: " ")) }\(parts.tail)"
            }
            let width = 1 + Double(edge.step.weight) / 5
            text += "    n\(edge.source) -> n\(edge.target) [label=\(Self.quoted(lines.joined(separator: "\n"))), penwidth=\(width)];\n"
        }
        return Array((text + "}\n").utf8)
    }

    /// Bytes come from whoever made the policy: nothing of them ends the string, begins an escape of Graphviz's or commands a terminal.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\l"
            default: result.unicodeScalars.append(scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "\u{fffd}" : scalar)
            }
        }
        return result + (text.contains("\n") ? "\\l\"" : "\"")
    }
}
