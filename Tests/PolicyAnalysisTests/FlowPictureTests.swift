import Flask
import Foundation
import FoundationXML
import PolicyAnalysis
import TestSupport
import Testing

@Suite("A picture of flows is well-formed, and nothing lies over anything")
struct FlowPictureTests {
    private static let seed = RandomTest.seed()

    /// What a parser of XML finds in a picture.
    private final class Picture: NSObject, XMLParserDelegate {
        struct Box {
            let style: String
            let x, y, width, height: Double
        }

        var size = (width: 0.0, height: 0.0)
        var shift = (x: 0.0, y: 0.0)
        var boxes: [Box] = []
        var elements: [String: Int] = [:]
        var text = ""

        init(_ bytes: [UInt8]) throws {
            super.init()
            let parser = XMLParser(data: Data(bytes))
            parser.delegate = self
            try #require(parser.parse(), "\(String(describing: parser.parserError)) in line \(parser.lineNumber)")
        }

        func parser(_ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]) {
            elements[name, default: 0] += 1
            func number(_ key: String) -> Double { attributes[key].flatMap(Double.init) ?? -1 }
            switch name {
            case "svg": size = (number("width"), number("height"))
            case "g":
                if let moved = attributes["transform"]?.split(whereSeparator: { "() ".contains($0) }).compactMap({ Double($0) }), moved.count == 2 {
                    shift = (moved[0], moved[1])
                }
            case "rect" where attributes["class"] != "paper":
                boxes.append(Box(style: attributes["class"] ?? "", x: number("x"), y: number("y"), width: number("width"), height: number("height")))
            default: break
            }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    /// Draws and looks at it.
    @discardableResult
    private func check(_ diagram: FlowDiagram, _ label: String) throws -> Picture {
        let picture = try Picture(diagram.svg)
        #expect(picture.boxes.count == diagram.nodes.count + diagram.edges.count, "\(label)")
        #expect(picture.elements["script"] == nil && picture.elements["image"] == nil && picture.elements["a"] == nil)
        for (index, one) in picture.boxes.enumerated() {
            let (left, top) = (one.x + picture.shift.x, one.y + picture.shift.y)
            #expect(left >= 0 && top >= 0 && left + one.width <= picture.size.width && top + one.height <= picture.size.height, "\(label): \(one)")
            for other in picture.boxes[(index + 1)...] {
                let isApart = one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y
                #expect(isApart, "\(label): \(one) and \(other)")
            }
        }
        return picture
    }

    @Test("Paths through random policies, all ways and the shortest, and all that is reached")
    func randomPolicies() throws {
        var random = SplitMix64(seed: Self.seed)
        let table = try FlowPermissions(Array(FlowPolicy.table.utf8))
        var (steps, backward) = (0, 0)
        for round in 0..<60 {
            let policy = try FlowPolicy(FlowPolicy.Shape(types: 5 + random.below(6), hasConstraints: false, hasViews: false, hasBounds: false), &random)
            var settings = FlowSettings()
            settings.permissions = table
            var analysis = try FlowAnalysis(policy.analysed, settings)
            var question = FlowQuestion(from: try NamePattern(random.pick(policy.types)))
            question.tellsSteps = true
            let all = try analysis.answer(question)
            try check(FlowDiagram([all], title: "all"), "seed \(Self.seed), round \(round)")
            guard let to = all.reached.last?.type else { continue }
            question.target = try NamePattern(to.description)
            question.paths = random.percent(70) ? .all : .shortest
            question.maximumSteps = 5
            question.limit = 1 + random.below(30)
            let diagram = FlowDiagram([try analysis.answer(question)], title: "\(to)", notes: ["one", "two"])
            try check(diagram, "seed \(Self.seed), round \(round)")
            steps += diagram.edges.count
            backward += diagram.edges.count { diagram.nodes[$0.source].rank >= diagram.nodes[$0.target].rank }
        }
        #expect(steps > 100 && backward > 5, "seed \(Self.seed): \(steps) steps, \(backward) not to the right")
    }

    private static let hostile = ["<script>&\"']]>", "a\u{0}b\u{1b}[31m", "\u{202e}rtl", "\\l\"]; evil [label=\"", String(repeating: "long", count: 250), "ends\\"]

    private func hostileAnswer() throws -> FlowAnswer {
        var policy = try SmallPolicy.analysed().policy
        for (index, name) in Self.hostile.enumerated() where index < policy.types.count { policy.types[index]?.name = Name(name) }
        for (index, name) in Self.hostile.enumerated() where index < policy.classes.count { policy.classes[index].name = Name(name) }
        var question = FlowQuestion(from: try NamePattern("/./"), to: try NamePattern("/./"))
        question.limit = 50
        return try AnalysedPolicy(policy).flow(question)
    }

    @Test("Names that would command a reader of pictures are only shown")
    func hostileNames() throws {
        let answer = try hostileAnswer()
        #expect(!answer.paths.isEmpty)
        let diagram = FlowDiagram([answer], title: Self.hostile.joined(), notes: Self.hostile)
        let picture = try check(diagram, "hostile")
        #expect(picture.text.contains("<script>"))
        let dot = String(decoding: diagram.dot, as: UTF8.self)
        #expect(!dot.utf8.contains(0) && !dot.utf8.contains(0x1b))
        // Outside of strings there is nothing of a name.
        var isInside = false
        var isEscaped = false
        var outside = ""
        for character in dot {
            if isEscaped { isEscaped = false } else if isInside, character == "\\" { isEscaped = true } else if character == "\"" { isInside.toggle() } else if !isInside { outside.append(character) }
        }
        #expect(!isInside && !outside.contains("evil") && !outside.contains("script"))
    }

    @Test("Graphviz reads what is written for it")
    func graphviz() throws {
        guard let dot = BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/dot")) else {
            Peer.missing("Graphviz: nothing was compared with it")
            return
        }
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("flow.dot")
        try Data(FlowDiagram([hostileAnswer()], title: "hostile").dot).write(to: file)
        let result = try ProcessResult.run(dot, ["-Tplain", file.path], collecting: .both)
        #expect(result.status == 0, "\(result.text.suffix(300))")
    }
}
