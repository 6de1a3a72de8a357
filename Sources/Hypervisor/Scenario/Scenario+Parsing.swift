extension Scenario {
    /// No line of a scenario is longer.
    static let maximumLineLength = 1_000
    /// No scenario has more lines.
    static let maximumLines = 100_000

    /// Reads a scenario. With mistakes, all of them and the steps that are right.
    public static func parse(_ text: String) -> (scenario: Scenario, mistakes: [ScenarioMistake]) {
        var steps: [Step] = []
        var mistakes: [ScenarioMistake] = []
        var names = Names()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard index < maximumLines else {
                mistakes.append(ScenarioMistake(line: index + 1, message: "there are more than \(maximumLines) lines"))
                break
            }
            let code = line.prefix { $0 != "#" }
            let words = code.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            if words.isEmpty { continue }
            do throws(Failure) {
                guard line.utf8.count <= maximumLineLength else {
                    throw Failure(message: "the line is longer than \(maximumLineLength) bytes")
                }
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

    /// What has a name by a line.
    private struct Names {
        var domains: Set<String> = ["dom0"]
        /// What operations gave.
        var values: Set<String> = []
    }

    private static func action(_ words: [String], _ names: inout Names) throws(Failure) -> Action {
        switch words[0] {
        case "domain": return try domain(words, &names)
        case "serves":
            guard words.count == 3 else { throw Failure(message: "`serves` names two domains: the device model and its guest") }
            for name in words.dropFirst() where !names.domains.contains(name) { throw unknown(name, names) }
            return .serves(words[1], words[2])
        case "boolean":
            guard words.count == 3, let value = truth(words[2]) else {
                throw Failure(message: "`boolean` is a name and `on` or `off`")
            }
            return .boolean(words[1], value)
        case "enforcing":
            guard words.count == 2, let value = truth(words[1]) else { throw Failure(message: "`enforcing` is `on` or `off`") }
            return .enforcing(value)
        default: return try operation(words, &names)
        }
    }

    private static func truth(_ word: String) -> Bool? { ["on": true, "off": false][word] }

    private static func unknown(_ name: String, _ names: Names) -> Failure {
        Failure(
            message: "there is no domain `\(name)`: there are \(names.domains.sorted().map { "`\($0)`" }.joined(separator: ", "))"
        )
    }

    private static func domain(_ words: [String], _ names: inout Names) throws(Failure) -> Action {
        guard words.count >= 3 else {
            throw Failure(message: "`domain` is a name and a label: `domain guest system_u:system_r:domU_t`")
        }
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
        guard names.domains.insert(words[1]).inserted else { throw Failure(message: "there is a domain `\(words[1])` already") }
        return .domain(name: words[1], label: words[2], isHVM: isHVM, hasIOMMU: hasIOMMU, processors: processors)
    }

    private static func operation(_ words: [String], _ names: inout Names) throws(Failure) -> Action {
        guard words[0].hasSuffix(":"), words[0].count > 1 else {
            throw Failure(
                message:
                    "`\(words[0])` begins no step: it is `domain`, `serves`, `boolean`, `enforcing`, or who does something, `dom0:`"
            )
        }
        let actor = String(words[0].dropLast())
        guard names.domains.contains(actor) else { throw unknown(actor, names) }
        guard let arrow = words.firstIndex(of: "=>"), arrow >= 2 else {
            throw Failure(message: "an operation says what is to come of it: `=> allowed`, `=> denied`, `=> fails EINVAL`")
        }
        var outcome = Array(words[(arrow + 1)...])
        var result: String?
        if outcome.count == 3, outcome[0] == "allowed", outcome[1] == "as" { (result, outcome) = (outcome[2], ["allowed"]) }
        guard let expectation = ScenarioExpectation(outcome) else {
            throw Failure(
                message:
                    "what is to come of it is `allowed`, `allowed as NAME`, `denied`, `denied CLASS PERMISSION…` or `fails ERROR`"
            )
        }
        guard let operation = ScenarioOperation.named(words[1]) else {
            let hint = ScenarioOperation.nearest(to: words[1]).map { ": did you mean `\($0)`?" } ?? ""
            throw Failure(message: "there is no operation `\(words[1])`\(hint)")
        }
        let arguments = Array(words[2..<arrow])
        let parameters = operation.parameters
        let needed = parameters.filter { !$0.isOptional }.count
        guard arguments.count >= needed, arguments.count <= parameters.count else {
            throw Failure(message: "`\(operation.name)` takes \(operation.usage)")
        }
        for (parameter, argument) in zip(parameters, arguments) { try check(argument, parameter, names) }
        if let result { try name(result, operation, &names) }
        return .operation(actor: actor, operation, arguments: arguments, expectation, result: result)
    }

    private static func check(
        _ argument: String, _ parameter: ScenarioOperation.Parameter, _ names: Names
    ) throws(Failure) {
        switch parameter.kind {
        case .domain: guard names.domains.contains(argument) else { throw unknown(argument, names) }
        case .number:
            guard ScenarioOperation.number(argument) == nil, !names.values.contains(argument) else { return }
            let known =
                names.values.isEmpty ? "" : ": there are \(names.values.sorted().map { "`\($0)`" }.joined(separator: ", "))"
            throw Failure(message: "`\(argument)` is no number, and nothing was given that name\(known)")
        case .range:
            guard ScenarioOperation.range(argument) != nil else {
                throw Failure(message: "`\(argument)` is no range, as `0x3f8-0x3ff` is")
            }
        case .device:
            guard ScenarioOperation.device(argument) != nil else {
                throw Failure(message: "`\(argument)` is no PCI device, as `0000:01:00.0` is")
            }
        case .choice(let words):
            guard words[argument] != nil else {
                throw Failure(
                    message: "`\(argument)` is not one of \(words.keys.sorted().map { "`\($0)`" }.joined(separator: ", "))")
            }
        case .text: break
        }
    }

    /// Gives a name to what an operation gives.
    private static func name(_ result: String, _ operation: ScenarioOperation, _ names: inout Names) throws(Failure) {
        guard let kind = operation.gives else {
            throw Failure(message: "`\(operation.name)` gives nothing that could have a name")
        }
        guard ScenarioOperation.number(result) == nil else {
            throw Failure(message: "`\(result)` is a number, and no name for one")
        }
        guard !names.domains.contains(result) else { throw Failure(message: "there is a domain `\(result)` already") }
        if kind == "domain" { names.domains.insert(result) } else { names.values.insert(result) }
    }
}
