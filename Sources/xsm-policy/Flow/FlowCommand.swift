import Arguments
import Commands
import Files
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-policy flow`: whether information can go from one type to another, and how.
struct FlowCommand: Subcommand {
    typealias Format = FlowFormat

    static let manual = Manual(
        "[OPTION…] POLICY FROM [TO]", "[OPTION…] --forbid FROM:TO … POLICY",
        about: """
            Whether information can go from FROM to TO, and by which steps: the shortest paths, with
            the rules of each step. Without TO all that it reaches. FROM and TO are types, attributes
            that stand for any of their types, or /EXPRESSION/, a regular expression. What a
            permission does is in a table, which `--print-permissions` prints.
            """,
        examples: [
            "by which steps does information go there?":
                "xsm-policy flow xenpolicy-4.17 domU_t dom0_t",
            "a picture of them":
                "xsm-policy flow --format svg xenpolicy-4.17 domU_t dom0_t >flow.svg",
        ],
        statuses: ["0": "it can go there; with `--forbid`, it cannot", "1": "the other of the two", "2": "it cannot be told"])

    private var file = PolicyFile("-")
    private var names: [String] = []
    private var forbidden: [(from: String, to: String)] = []
    private var settings = FlowSettings()
    private var paths = FlowQuestion.Paths.shortest
    private var maximumSteps: Int?
    private var limit = 10
    private var isBrief = false
    private var table: String?
    private var printed: FlowPermissions.Standard?

    mutating func set(_ option: FlowOption, to value: String) throws(UsageError) {
        switch option {
        case .all: paths = .all
        case .steps: maximumSteps = try Self.number(value, option)
        case .limit: limit = min(try option.count(value) ?? Self.most, Self.most)
        case .brief: isBrief = true
        case .weight:
            guard let weight = UInt8(value), FlowWeights.range.contains(weight) else {
                throw UsageError(message: "`--weight` is 1 to 10, not `\(value)`")
            }
            settings.minimumWeight = weight
        case .forbid:
            let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw UsageError(message: "`--forbid` is `FROM:TO`, not `\(value)`")
            }
            forbidden.append((parts[0], parts[1]))
        case .exclude: settings.excluded += try Self.patterns(value)
        case .set: settings.booleans.append(try ExplainCommand.setting(value))
        case .permissions: table = value
        case .unknown: settings.unknown = try option.choice(value)
        case .separateViews: settings.mergesViews = false
        case .printPermissions: printed = value.isEmpty ? .xen : try option.choice(value)
        }
    }

    /// So many paths are told at most.
    private static let most = 1_000_000

    private static func number(_ value: String, _ option: FlowOption) throws(UsageError) -> Int {
        guard let number = Int(value), (1...1_000_000).contains(number) else {
            throw UsageError(message: "`--\(option.rawValue)` is a number from 1 to 1000000, not `\(value)`")
        }
        return number
    }

    /// An expression may have commas of its own.
    private static func patterns(_ text: String) throws(UsageError) -> [NamePattern] {
        do throws(QuestionMistake) {
            if text.hasPrefix("/") { return [try NamePattern(text)] }
            var patterns: [NamePattern] = []
            for part in text.split(separator: ",") { patterns.append(try NamePattern(String(part))) }
            return patterns
        } catch {
            throw UsageError(message: error.message)
        }
    }

    static func kind(of option: FlowOption) -> WordKind {
        switch option {
        case .permissions: .file
        case .forbid, .exclude: .inventory([.types, .attributes])
        case .set: .inventory([.booleans])
        case .unknown: .choice(FlowSettings.Unknown.allCases.map(\.rawValue))
        case .printPermissions: .choice(FlowPermissions.Standard.allCases.map(\.rawValue))
        case .all, .steps, .limit, .brief, .weight, .separateViews: .other
        }
    }

    static func kind(ofOperand operands: [String]) -> WordKind { operands.isEmpty ? .file : .inventory([.types, .attributes]) }

    mutating func take(_ operands: [String]) throws(UsageError) {
        if printed != nil {
            guard operands.isEmpty else { throw UsageError(message: "`--print-permissions` asks no policy") }
            return
        }
        guard let path = operands.first else {
            throw UsageError(message: "there is no policy: name a binary, a policy.conf or a policy tree")
        }
        file = PolicyFile(path)
        names = Array(operands.dropFirst())
        if forbidden.isEmpty {
            guard !names.isEmpty else { throw UsageError(message: "the type is missing from which information goes: `xsm-policy flow POLICY FROM [TO]`") }
        } else {
            guard names.isEmpty else { throw UsageError(message: "`\(names[0])` is too much: with `--forbid` there is only the policy") }
        }
        guard names.count <= 2 else { throw UsageError(message: "`\(names[2])` is too much: `xsm-policy flow POLICY FROM [TO]`") }
    }

    func run(_ input: InputOptions, _ format: FlowFormat) throws(CommandFailure) -> CommandAnswer {
        if let printed { return CommandAnswer(.answered, Array(printed.text.utf8)) }
        var settings = settings
        if let table { settings.permissions = try Self.permissions(table) }
        let policy = try file.read(input)
        do throws(QuestionMistake) {
            var analysis = try FlowAnalysis(policy, settings)
            var answers: [FlowReport.Asked] = []
            var mistakes: [FlowReport.Mistaken] = []
            var first: QuestionMistake?
            let pairs: [(from: String, to: String?)] = forbidden.isEmpty ? [(names[0], names.count > 1 ? names[1] : nil)] : forbidden
            for (from, to) in pairs {
                do throws(QuestionMistake) {
                    var question = FlowQuestion(from: try NamePattern(from))
                    if let to { question.target = try NamePattern(to) }
                    question.paths = paths
                    question.maximumSteps = maximumSteps
                    question.limit = limit
                    question.tellsSteps = format == .dot || format == .svg
                    answers.append(.init(from: from, to: to, answer: try analysis.answer(question)))
                } catch {
                    // Of several assertions the others are answered.
                    mistakes.append(.init(from: from, to: to ?? "", reason: error.message))
                    if first == nil { first = error }
                }
            }
            if answers.isEmpty, let first { throw first }
            let report = FlowReport(
                asked: answers, mistakes: mistakes, isAssertion: !forbidden.isEmpty, unknown: settings.unknown, policy: policy,
                path: file.path, only: maximumSteps, isBrief: isBrief)
            guard mistakes.isEmpty else { return CommandAnswer(.notAnswered, report.bytes(format)) }
            let isFound = answers.contains { !$0.answer.paths.isEmpty || !$0.answer.reached.isEmpty }
            return CommandAnswer(isFound == forbidden.isEmpty ? .answered : .otherOutcome, report.bytes(format))
        } catch {
            throw .question(error)
        }
    }

    private static func permissions(_ path: String) throws(CommandFailure) -> FlowPermissions {
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try Files.contents(of: path)
        } catch {
            throw .policy(.unreadable(path: error.path, reason: error.reason))
        }
        guard let bytes else { throw .policy(.missing(path)) }
        do throws(FlowPermissionsMistake) {
            return try FlowPermissions(bytes)
        } catch {
            throw .table(path: path, error)
        }
    }
}
