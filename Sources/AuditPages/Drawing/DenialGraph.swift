import AuditStore
import Flask
import Reports

/// Who was denied what: types that asked on the left, types that were asked about on the right, and a line for each two, as thick as there were many.
struct DenialGraph {
    private struct Edge: Hashable {
        let source, target: [UInt8]
    }

    private struct Node {
        let name: [UInt8]
        var count: UInt64
    }

    /// More types than these on a side cannot be read.
    private static let nodeLimit = 14

    private var edges: [Edge: (count: UInt64, classes: Set<Name>)] = [:]
    private var sources: [Node] = []
    private var targets: [Node] = []
    /// What there was no room for.
    private(set) var omitted: UInt64 = 0

    init(_ groups: [AuditStore.DenialGroup]) {
        for group in groups {
            let known = edges[Edge(source: group.source, target: group.target)]
            edges[Edge(source: group.source, target: group.target)] =
                ((known?.count ?? 0) &+ group.count, (known?.classes ?? []).union([group.objectClass]))
        }
        sources = Self.nodes(edges.map { ($0.key.source, $0.value.count) })
        targets = Self.nodes(edges.map { ($0.key.target, $0.value.count) })
        let (left, right) = (Set(sources.map(\.name)), Set(targets.map(\.name)))
        for (edge, value) in edges where !left.contains(edge.source) || !right.contains(edge.target) {
            omitted &+= value.count
            edges[edge] = nil
        }
    }

    private static func nodes(_ counts: [(name: [UInt8], count: UInt64)]) -> [Node] {
        var sums: [[UInt8]: UInt64] = [:]
        for (name, count) in counts { sums[name, default: 0] &+= count }
        let nodes = sums.map { Node(name: $0.key, count: $0.value) }
        return Array(nodes.sorted { $0.count != $1.count ? $0.count > $1.count : $0.name.lexicographicallyPrecedes($1.name) }.prefix(nodeLimit))
    }

    func write(_ question: PageQuestion, _ page: inout HTMLText) {
        guard !edges.isEmpty else { return }
        let row = 30.0
        let height = Double(max(sources.count, targets.count)) * row + 8
        func places(_ nodes: [Node]) -> [[UInt8]: Double] {
            let start = (height - Double(nodes.count) * row) / 2 + row / 2
            return Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.name, start + Double($0) * row) })
        }
        let (left, right) = (places(sources), places(targets))
        let most = edges.values.map(\.count).max() ?? 1
        page.raw("<svg viewBox=\"0 0 1000 \(Int(height))\" role=\"img\" aria-label=\"who was denied what\">\n")
        let sorted = edges.sorted { $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key.source.lexicographicallyPrecedes($1.key.source) }
        for (edge, value) in sorted {
            guard let from = left[edge.source], let to = right[edge.target] else { continue }
            let thickness = 1 + 11 * (Double(value.count) / Double(most)).squareRoot()
            page.raw("<a href=\"")
            page.text(question.link("/group") {
                $0.filter.sourceType = Name(bytes: edge.source)
                $0.filter.targetType = Name(bytes: edge.target)
            })
            page.raw("\"><path class=\"edge\" stroke-width=\"\(HTMLText.length(thickness))\" d=\"M262 \(HTMLText.length(from)) C500 \(HTMLText.length(from)) 500 ")
            page.raw("\(HTMLText.length(to)) 738 \(HTMLText.length(to))\"/><title>")
            page.text(edge.source)
            page.text(" → ")
            page.text(edge.target)
            page.text(": \(HTMLText.grouped(value.count)), \(value.classes.sorted().prefix(8).map(\.description).joined(separator: " "))")
            page.raw("</title></a>\n")
        }
        for node in sources { write(node, at: left[node.name] ?? 0, isSource: true, question, &page) }
        for node in targets { write(node, at: right[node.name] ?? 0, isSource: false, question, &page) }
        page.raw("</svg>\n")
    }

    private func write(_ node: Node, at place: Double, isSource: Bool, _ question: PageQuestion, _ page: inout HTMLText) {
        page.raw("<circle class=\"node\" cx=\"\(isSource ? 262 : 738)\" cy=\"\(HTMLText.length(place))\" r=\"4\"/><a href=\"")
        page.text(question.link("/") { if isSource { $0.filter.sourceType = Name(bytes: node.name) } else { $0.filter.targetType = Name(bytes: node.name) } })
        page.raw("\"><text x=\"\(isSource ? 250 : 750)\" y=\"\(HTMLText.length(place + 4))\" text-anchor=\"\(isSource ? "end" : "start")\">")
        page.text(Self.shortened(node.name))
        page.raw(" <tspan class=\"soft\">\(HTMLText.grouped(node.count))</tspan></text></a>\n")
    }

    /// So much fits beside the plot.
    private static func shortened(_ name: [UInt8]) -> [UInt8] {
        let text = String(decoding: name, as: UTF8.self)
        return text.count > 26 ? Array((text.prefix(25) + "…").utf8) : name
    }
}
