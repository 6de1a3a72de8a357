import Spelling

/// Reads a profile. A line is `NAME[: COMPARISON, …] [=> ERROR]  # REASON`; `[start]` and `[running]` begin the sections. A
/// comparison is `ARGUMENT == VALUE`, or with `!=`, `<`, `<=`, `>`, `>=`; `ARGUMENT & MASK == VALUE`; either with
/// `in VALUE VALUE …` in place of `== VALUE`. A value is a number, a constant of the argument, or several joined by `|`.
struct ProfileParser {
    static let maximumSize = 1 << 16
    static let maximumLineLength = 1_024
    static let maximumRules = 1_024
    static let maximumChoices = 64

    private var sections: [SystemCallProfile.Phase: [SystemCallRule]] = [:]
    private var section: SystemCallProfile.Phase?
    private var count = 0

    static func profile(_ name: String, _ text: [UInt8]) throws(ProfileMistake) -> SystemCallProfile {
        guard text.count <= maximumSize else { throw ProfileMistake(line: 0, what: .tooLong("the profile", limit: maximumSize)) }
        var parser = ProfileParser()
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            do throws(What) {
                try parser.read(line, index + 1)
            } catch {
                throw ProfileMistake(line: index + 1, what: error.what)
            }
        }
        for phase in SystemCallProfile.Phase.allCases where parser.sections[phase] == nil {
            throw ProfileMistake(line: 0, what: .missingSection(phase.rawValue))
        }
        return SystemCallProfile(name: name, start: parser.sections[.start] ?? [], running: parser.sections[.running] ?? [])
    }

    /// A mistake in the line that is read.
    struct What: Error {
        let what: ProfileMistake.What

        init(_ what: ProfileMistake.What) {
            self.what = what
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, _ number: Int) throws(What) {
        guard line.count <= Self.maximumLineLength else { throw What(.tooLong("the line", limit: Self.maximumLineLength)) }
        let hash = line.firstIndex(of: UInt8(ascii: "#"))
        let body = line[..<(hash ?? line.endIndex)]
        if let strange = body.first(where: { $0 != 9 && $0 != 13 && !(32..<127).contains($0) }) {
            throw What(.strangeByte(strange))
        }
        var words = ProfileWords(body)
        guard let first = words.next() else { return }
        if first == "[" {
            try begin(&words)
            return
        }
        guard let section else { throw What(.noSection(first)) }
        let reason = hash.map { Self.trimmed(line[($0 + 1)...]) } ?? ""
        guard !reason.isEmpty else { throw What(.noReason) }
        guard let call = SystemCalls.numbers[first] else {
            throw What(.unknownCall(first, nearest: Spelling.nearest(first, among: SystemCalls.numbers.keys).first))
        }
        guard call != SystemCallProfile.clone3 else { throw What(.alwaysAnswered(first)) }
        let rule = try rule(first, call, &words, reason, number)
        try check(rule, against: sections[section] ?? [])
        count += 1
        guard count <= Self.maximumRules else { throw What(.tooLong("the list of calls", limit: Self.maximumRules)) }
        sections[section, default: []].append(rule)
    }

    private mutating func begin(_ words: inout ProfileWords) throws(What) {
        let name = words.next() ?? ""
        guard let phase = SystemCallProfile.Phase(rawValue: name) else { throw What(.unknownSection(name)) }
        let close = words.next() ?? ""
        guard close == "]", words.isAtEnd else {
            throw What(.malformed(close == "]" ? words.next() ?? "" : close, wanted: "`]`, and the end"))
        }
        guard sections[phase] == nil else { throw What(.repeatedSection(name)) }
        sections[phase] = []
        section = phase
    }

    private func rule(
        _ name: String, _ call: Int, _ words: inout ProfileWords, _ reason: String, _ line: Int
    ) throws(What) -> SystemCallRule {
        var conditions: [ArgumentCondition] = []
        var error: UInt16?
        var word = words.next()
        if word == ":" {
            repeat {
                let condition = try ProfileCondition.read(&words, of: name)
                guard !conditions.contains(where: { $0.argument == condition.argument }) else {
                    let argument = SystemCallArgument.all(of: name).first { $0.index == condition.argument }
                    throw What(.repeatedArgument(argument?.name ?? ""))
                }
                conditions.append(condition)
                word = words.next()
            } while word == ","
        }
        if word == "=>" {
            let code = words.next() ?? ""
            error = ErrorNames.numbers[code]
            guard error != nil else {
                throw What(.unknownError(code, nearest: Spelling.nearest(code, among: ErrorNames.numbers.keys).first))
            }
            guard conditions.isEmpty else { throw What(.conditionalError(name)) }
            word = words.next()
        }
        if let word { throw What(.malformed(word, wanted: "the end, `,` or `=>`")) }
        let rule = SystemCallRule(name, number: call, conditions: conditions, error: error, reason: reason, line: line)
        guard rule.width <= Self.maximumChoices else { throw What(.tooManyChoices(rule.width, limit: Self.maximumChoices)) }
        return rule
    }

    /// Against the other lines of the section.
    private func check(_ rule: SystemCallRule, against others: [SystemCallRule]) throws(What) {
        for other in others where other.number == rule.number {
            if other.error != nil || rule.error != nil { throw What(.answeredTwice(rule.name, line: other.line)) }
            if other.conditions.isEmpty || rule.conditions.isEmpty || other.conditions == rule.conditions {
                throw What(.alreadyOpen(rule.name, line: other.line))
            }
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes
        while let byte = bytes.first, byte <= 32 { bytes.removeFirst() }
        while let byte = bytes.last, byte <= 32 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
