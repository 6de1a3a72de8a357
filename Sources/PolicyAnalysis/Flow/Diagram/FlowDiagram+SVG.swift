import Diagnostics
import Flask

extension FlowDiagram {
    /// The picture as SVG: ranks from left to right, a box for each type and one for what each step is made of. It needs nothing but
    /// itself: no script, no font, no style from elsewhere.
    public var svg: [UInt8] { Array(SVGDrawing(self).text.utf8) }
}

/// A diagram with places, as text.
private struct SVGDrawing {
    private(set) var text = ""
    private let diagram: FlowDiagram
    private let layout: LayeredLayout
    /// The lines of each box, by its number: those of nodes, then of steps, then none for what only leads a line past others.
    private let lines: [[String]]
    /// The boxes by which each step goes, from left to right.
    private let chains: [[Int]]

    private static let margin = 24.0
    private static let letter = (node: 8.6, label: 6.7, note: 6.4, title: 9.8)
    private static let lineHeight = 15.0

    init(_ diagram: FlowDiagram) {
        self.diagram = diagram
        var boxes: [LayeredLayout.Box] = []
        var lines: [[String]] = []
        var links: [(Int, Int)] = []
        func add(_ column: Int, _ text: [String], _ letter: Double, padding: Double) -> Int {
            let width = text.isEmpty ? 0 : Double(text.map(\.count).max() ?? 0) * letter + 2 * padding
            let height = text.isEmpty ? 2 : Double(text.count) * Self.lineHeight + 2 * padding - 2
            boxes.append(LayeredLayout.Box(column: column, width: width, height: height))
            lines.append(text)
            return boxes.count - 1
        }
        for node in diagram.nodes { _ = add(2 * node.rank, [Self.short(node.name.description, 40)], Self.letter.node, padding: 10) }
        let labels = diagram.edges.map { edge in
            let ranks = (diagram.nodes[edge.source].rank, diagram.nodes[edge.target].rank)
            return add(2 * min(ranks.0, ranks.1) + 1, Self.lines(of: edge.step), Self.letter.label, padding: 6)
        }
        chains = zip(diagram.edges, labels).map { edge, label in
            let isForward = diagram.nodes[edge.source].rank <= diagram.nodes[edge.target].rank
            let (left, right) = isForward ? (edge.source, edge.target) : (edge.target, edge.source)
            var chain = [left, label]
            // A box of its own column, where a line has to get past others.
            let last = 2 * diagram.nodes[right].rank
            for column in (boxes[label].column + 1)..<max(last, boxes[label].column + 1) { chain.append(add(column, [], 0, padding: 0)) }
            chain.append(right)
            for (one, other) in zip(chain, chain.dropFirst()) { links.append((one, other)) }
            return chain
        }
        self.lines = lines
        layout = LayeredLayout(boxes, links: links)
        draw()
    }

    // MARK: Words

    /// What a step is made of, the weightiest first; what would make the box too high is counted.
    private static func lines(of step: FlowStep) -> [String] {
        var lines: [String] = []
        for (index, access) in step.accesses.enumerated() {
            let next = Self.lines(of: access, in: step)
            if index > 0, lines.count + next.count > 9 {
                let rest = step.accesses.count - index
                lines.append("… and by \(rest) other class\(rest == 1 ? "" : "es")")
                break
            }
            lines += next
        }
        return lines
    }

    /// An access in a few lines, of which the first three permissions are told at least.
    private static func lines(of access: FlowAccess, in step: FlowStep) -> [String] {
        let parts = access.summary(in: step)
        var lines: [String] = []
        var line = (access.isWrite ? "w " : "r ") + short(parts.head, 30) + " {"
        func add(_ word: String) {
            if line.count + 1 + word.count > 44 {
                lines.append(line)
                line = "    "
            }
            line += (line.hasSuffix(" ") ? "" : " ") + word
        }
        var words = parts.permissions.map { short($0, 30) }
        if let last = words.popLast() { words.append(last + " }") }
        for (index, word) in words.enumerated() {
            if index >= 3, words.count - index > 1, lines.count == 2, line.count > 24 {
                add("… \(words.count - index) more }")
                break
            }
            add(word)
        }
        for word in parts.tail.split(separator: " ") { add(short(String(word), 40)) }
        return lines + [line]
    }

    private static func short(_ text: String, _ count: Int) -> String {
        text.count <= count ? text : text.prefix(count / 2) + "…" + text.suffix(count / 2 - 1)
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    // MARK: Drawing

    private static let legend = [
        "w  the type before the arrow acts, and writes to the one behind it",
        "r  the type behind the arrow acts, and reads from the one before it",
        "the thicker a line, the more can be said by it",
    ]

    private mutating func draw() {
        let title = Self.short(diagram.title, 140)
        let notes = diagram.notes.map { Self.short($0, 160) }
        let top = Self.margin + 26 + Double(notes.count) * 16 + 14
        let legendTop = top + layout.height + 26
        let height = legendTop + Double(Self.legend.count) * 16 + Self.margin - 6
        let texts = [Double(title.count) * Self.letter.title] + (notes + Self.legend).map { Double($0.count) * Self.letter.note + 24 }
        let inner = max(layout.width, texts.max() ?? 0)
        let width = inner + 2 * Self.margin
        let left = Self.margin + (inner - layout.width) / 2
        let size = "\(Self.number(width)) \(Self.number(height))"
        text += """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width))" height="\(Self.number(height))" viewBox="0 0 \(size)" role="img">
            <title>\(XMLText.escaped(title))</title>
            <style>
            \(Self.style)
            </style>
            <defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="head" d="M0 0L10 5L0 10z"/></marker></defs>
            <rect class="paper" width="\(Self.number(width))" height="\(Self.number(height))" rx="6"/>
            <text class="title" x="\(Self.number(Self.margin))" y="\(Self.number(Self.margin + 14))">\(XMLText.escaped(title))</text>

            """
        for (index, line) in notes.enumerated() { note(line, x: Self.margin, y: Self.margin + 36 + Double(index) * 16) }
        text += "<g transform=\"translate(\(Self.number(left)) \(Self.number(top)))\">\n"
        for (index, chain) in chains.enumerated() { line(diagram.edges[index], chain) }
        for (index, node) in diagram.nodes.enumerated() {
            box(index, node.isStart ? "node start" : node.isEnd ? "node end" : "node", title: node.name.description)
        }
        for (index, edge) in diagram.edges.enumerated() {
            let whole = edge.step.accesses.map { access in
                let parts = access.summary(in: edge.step)
                return "\(access.isWrite ? "w" : "r") \(parts.head) { \(parts.permissions.joined(separator: " ")) }\(parts.tail)"
            }
            box(diagram.nodes.count + index, "label", title: whole.joined(separator: "; "))
        }
        text += "</g>\n"
        for (index, line) in Self.legend.enumerated() { note(line, x: Self.margin, y: legendTop + 12 + Double(index) * 16) }
        text += "</svg>\n"
    }

    private static let style = """
        .paper{fill:#fcfcfa;stroke:#d5d5cf}
        .title{font:600 17px sans-serif;fill:#222}
        .note{font:12px sans-serif;fill:#555}
        .node{fill:#eef0f2;stroke:#6b7680;stroke-width:1.3}
        .start{fill:#dcebf8;stroke:#1f6fb2;stroke-width:2}
        .end{fill:#fae5d7;stroke:#b4531b;stroke-width:2}
        .label{fill:#ffffff;stroke:#c4c8cc;stroke-width:.8}
        .name{font:600 14px monospace;fill:#1b1f23}
        .what{font:11px monospace;fill:#33383d}
        .line{fill:none;stroke:#7d8791}
        .head{fill:#5f6973}
        @media (prefers-color-scheme:dark){.paper{fill:#1d2023;stroke:#3a3f44}.title{fill:#e8e8e6}.note{fill:#aab0b5}.node{fill:#2b3036;stroke:#8a949d}.start{fill:#183650;stroke:#5aa5e0}.end{fill:#4a2a16;stroke:#e08b54}.label{fill:#24282c;stroke:#4a5157}.name{fill:#f0f0ee}.what{fill:#d0d4d7}.line{stroke:#8a949d}.head{fill:#a5adb5}}
        """

    private mutating func note(_ note: String, x: Double, y: Double) {
        text += "<text class=\"note\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">\(XMLText.escaped(note))</text>\n"
    }

    private mutating func box(_ number: Int, _ style: String, title: String) {
        let box = layout.boxes[number]
        let isLabel = style == "label"
        text += "<g><title>\(XMLText.escaped(title))</title><rect class=\"\(style)\" x=\"\(Self.number(box.x))\" y=\"\(Self.number(box.y))\""
        text += " width=\"\(Self.number(box.width))\" height=\"\(Self.number(box.height))\" rx=\"\(isLabel ? 3 : 8)\"/>"
        let padding = isLabel ? 6.0 : 10.0
        for (index, line) in lines[number].enumerated() {
            let y = box.y + padding + Double(index) * Self.lineHeight + (isLabel ? 10 : 11)
            // How much room a letter takes is the reader's font's to say: the text is told how long it is to be.
            let length = Double(line.count) * (isLabel ? Self.letter.label : Self.letter.node)
            text += "<text class=\"\(isLabel ? "what" : "name")\" xml:space=\"preserve\" x=\"\(Self.number(box.x + padding))\" y=\"\(Self.number(y))\""
            text += " textLength=\"\(Self.number(length))\">\(XMLText.escaped(line))</text>"
        }
        text += "</g>\n"
    }

    /// A line from box to box; it bends between columns only, so that it never runs over a box.
    private mutating func line(_ edge: FlowDiagram.Edge, _ chain: [Int]) {
        let isForward = diagram.nodes[edge.source].rank <= diagram.nodes[edge.target].rank
        let width = Self.number(1 + Double(edge.step.weight) / 5)
        let isLoop = layout.boxes[chain[0]].column == layout.boxes[chain[chain.count - 1]].column
        for (place, (one, other)) in zip(chain, chain.dropFirst()).enumerated() {
            let isLast = isForward ? place == chain.count - 2 : place == 0
            let arrow = isLast ? " marker-end=\"url(#arrow)\"" : ""
            let points: [(Double, Double)]
            if isLoop, place == chain.count - 2 {
                // Back into the column from which it came.
                points = segment(from: layout.boxes[other], to: layout.boxes[one], otherEnd: -6).reversed()
            } else {
                let ahead = segment(from: layout.boxes[one], to: layout.boxes[other], otherEnd: 0)
                points = isForward ? ahead : ahead.reversed()
            }
            let p = points.map { "\(Self.number($0.0)) \(Self.number($0.1))" }
            text += "<path class=\"line\" stroke-width=\"\(width)\"\(arrow) d=\"M\(p[0])L\(p[1])C\(p[2]) \(p[3]) \(p[4])L\(p[5])\"/>\n"
        }
    }

    /// Six points: the start, the border of its column, a curve's two handles and its end at the border of the next, and the end.
    private func segment(from one: LayeredLayout.Box, to other: LayeredLayout.Box, otherEnd: Double) -> [(Double, Double)] {
        let start = layout.columns[one.column]
        let border = start.x + start.width
        // The end is straight, so that an arrow shows where several meet.
        let next = layout.columns[other.column].x - 12
        let middle = (border + next) / 2
        let end = other.middle + otherEnd
        return [
            (one.x + one.width, one.middle), (border, one.middle), (middle, one.middle), (middle, end), (next, end), (other.x, end),
        ]
    }
}
