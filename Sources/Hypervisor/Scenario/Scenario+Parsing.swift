extension Scenario {
    /// No line of a scenario is longer.
    static let maximumLineLength = 1_000
    /// No scenario has more lines.
    static let maximumLines = 100_000

    /// Reads a scenario. With mistakes, all of them and the steps that are right.
    public static func parse(_ text: String) -> (scenario: Scenario, mistakes: [ScenarioMistake]) {
        var steps: [Step] = []
        var mistakes: [ScenarioMistake] = []
        var names: Set<String> = ["dom0"]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard index < maximumLines else {
                mistakes.append(ScenarioMistake(line: index + 1, message: "there are more than \(maximumLines) lines"))
                break
            }
            let code = line.prefix { $0 != "#" }
            let words = code.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            if words.isEmpty { continue }
            do throws(Failure) {
                guard line.utf8.count <= maximumLineLength else { throw Failure(message: "the line is longer than \(maximumLineLength) bytes") }
                let action = try action(words, &names)
                steps.append(Step(line: index + 1, text: words.joined(separator: " "), action: action))
            } catch {
                mistakes.append(ScenarioMistake(line: index + 1, message: error.message))
            }
        }
        return (Scenario(steps: steps), mistakes)
    }

    private struct Failure: Error {
        let message: String
    }

    private static func action(_ words: [String], _ names: inout Set<String>) throws(Failure) -> Action {
        switch words[0] {
        case "domain": return try domain(words, &names)
        case "serves":
            guard words.count == 3 else { throw Failure(message: "`serves` names two domains: the device model and its guest") }
            for name in words.dropFirst() where !names.contains(name) { throw unknown(name, names) }
            return .serves(words[1], words[2])
        case "boolean":
            guard words.count == 3, let value = truth(words[2]) else { throw Failure(message: "`boolean` is a name and `on` or `off`") }
            return .boolean(words[1], value)
        case "enforcing":
            guard words.count == 2, let value = truth(words[1]) else { throw Failure(message: "`enforcing` is `on` or `off`") }
            return .enforcing(value)
        default: return try operation(words, names)
        }
    }

    private static func truth(_ word: String) -> Bool? { ["on": true, "off": false][word] }

    private static func unknown(_ name: String, _ names: Set<String>) -> Failure {
        Failure(message: "there is no domain `\(name)`: there are \(names.sorted().map { "`\($0)`" }.joined(separator: ", "))")
    }

    private static func domain(_ words: [String], _ names: inout Set<String>) throws(Failure) -> Action {
        guard words.count >= 3 else { throw Failure(message: "`domain` is a name and a label: `domain guest system_u:system_r:domU_t`") }
        var isHVM = false
        var hasIOMMU = false
        var processors: UInt32 = 1
        var rest = words.dropFirst(3)
        while let word = rest.popFirst() {
            switch word {
            case "hvm": isHVM = true
            case "iommu": hasIOMMU = true
            case "processors":
                guard let count = rest.popFirst().flatMap({ UInt32($0) }), (1...128).contains(count) else {
                    throw Failure(message: "`processors` is a number from 1 to 128")
                }
                processors = count
            default: throw Failure(message: "a domain is `hvm`, has an `iommu` or `processors`, but not `\(word)`")
            }
        }
        guard names.insert(words[1]).inserted else { throw Failure(message: "there is a domain `\(words[1])` already") }
        return .domain(name: words[1], label: words[2], isHVM: isHVM, hasIOMMU: hasIOMMU, processors: processors)
    }

    private static func operation(_ words: [String], _ names: Set<String>) throws(Failure) -> Action {
        guard words[0].hasSuffix(":"), words[0].count > 1 else {
            throw Failure(message: "`\(words[0])` begins no step: it is `domain`, `serves`, `boolean`, `enforcing`, or who does something, `dom0:`")
        }
        let actor = String(words[0].dropLast())
        guard names.contains(actor) else { throw unknown(actor, names) }
        guard let arrow = words.firstIndex(of: "=>"), arrow >= 2 else {
            throw Failure(message: "an operation says what is to come of it: `=> allowed`, `=> denied`, `=> fails EINVAL`")
        }
        guard let expectation = ScenarioExpectation(Array(words[(arrow + 1)...])) else {
            throw Failure(message: "what is to come of it is `allowed`, `denied`, `denied CLASS PERMISSION…` or `fails ERROR`")
        }
        guard let operation = ScenarioOperation.named(words[1]) else {
            let near = ScenarioOperation.all.map(\.name).filter { $0.hasPrefix(words[1].prefix(3)) }
            let hint = near.isEmpty ? "" : "; there are \(near.prefix(6).map { "`\($0)`" }.joined(separator: ", "))"
            throw Failure(message: "there is no operation `\(words[1])`\(hint)")
        }
        let arguments = Array(words[2..<arrow])
        let parameters = operation.parameters
        let needed = parameters.filter { !$0.isOptional }.count
        guard arguments.count >= needed, arguments.count <= parameters.count else {
            throw Failure(message: "`\(operation.name)` takes \(operation.usage)")
        }
        for (parameter, argument) in zip(parameters, arguments) {
            switch parameter.kind {
            case .domain: guard names.contains(argument) else { throw unknown(argument, names) }
            case .number: guard ScenarioOperation.number(argument) != nil else { throw Failure(message: "`\(argument)` is no number") }
            case .text: break
            }
        }
        return .operation(actor: actor, operation, arguments: arguments, expectation)
    }
}
