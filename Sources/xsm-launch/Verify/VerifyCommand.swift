import Arguments
import Commands
import DMRestrict
import Files
import Glibc
import JSON
import Reports

/// `xsm-launch verify`: a process that runs, compared with what it was to be, layer by layer.
struct VerifyCommand: Subcommand {
    typealias Option = VerifyOption

    static let manual = Manual(
        "PID|NAME [OPTION…]",
        about: """
            Looks at a process from outside and compares it with what it was to be, layer by layer.
            """,
        examples: [
            "a guest's device model, its filters tried too":
                "xsm-launch verify web --profile Policies/devices/x86_64/qemu-xen.policy",
        ],
        statuses: ["0": "all is as planned", "1": "there is a difference, or nothing to compare", "2": "the command line is wrong"],
        files: [
            "/run/xsm-launch/": "what runs, a file each, and its sockets",
        ])

    private let word: String
    private var format = TextFormat.text
    private var planFile: String?
    private var profile: String?
    private var isQuiet = false

    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<VerifyOption>(words)
        var operand: String?
        var printsHelp = false
        while let item = try parser.next() {
            switch item {
            case .operand(let word):
                guard operand == nil else { throw UsageError(message: "one process at a time: `\(word)` is another") }
                operand = word
            case .option(.format, let value): format = try VerifyOption.format.choice(value)
            case .option(.plan, let value): planFile = value
            case .option(.profile, let value): profile = value
            case .option(.quiet, _): isQuiet = true
            case .option(.help, _): printsHelp = true
            }
        }
        guard !printsHelp else { return nil }
        guard let word = operand else { throw UsageError(message: "say which process, by its number or its name: `xsm-launch list` has them") }
        self.word = word
    }

    /// The exit status: 0 when all is as planned, 1 on any difference, and when there is nothing to compare.
    func run() throws(CommandFailure) -> Int32 {
        let (process, plan, handedOver) = try subject()
        let facts = ProcessFacts(ofProcess: process, planned: plan)
        var findings = plan.audit(facts, handedOver: handedOver)
        if let profile { findings += try Profile(at: profile).findings(facts.filters[process] ?? [], plan) }
        let differences = findings.count { !$0.isAsPlanned }
        try report(process, plan, findings)
        return differences == 0 ? 0 : 1
    }

    private func subject() throws(CommandFailure) -> (process: Int32, plan: RestrictionPlan, handedOver: [String]) {
        if let planFile {
            guard let process = Int32(word), process > 0 else { throw CommandFailure("with `--plan`, `\(word)` is to be a process's number") }
            return (process, try Self.plan(in: planFile), [])
        }
        let record: LaunchRecord
        do throws(CommandFailure) {
            record = try LaunchRegister.ofThisHost.record(of: word)
        } catch {
            throw CommandFailure(error.message + "; compare others with a plan by `--plan`")
        }
        return (record.process, record.plan, record.handedOver)
    }

    private static func plan(in path: String) throws(CommandFailure) -> RestrictionPlan {
        let bytes = try RequiredFile.contents(of: path, as: "the plan")
        do {
            return try RestrictionPlan(json: JSONValue(parsing: bytes))
        } catch let error as JSONMistake {
            throw CommandFailure("\(path): \(error.text), at byte \(error.offset)")
        } catch let error as PlanTextMistake {
            throw CommandFailure("\(path): `\(error.place)` is not \(error.wanted)")
        } catch {
            throw CommandFailure("\(path) is no plan")
        }
    }

    private func report(_ process: Int32, _ plan: RestrictionPlan, _ findings: [AuditFinding]) throws(CommandFailure) {
        switch format {
        case .text:
            let style = VerdictStyle(isColoured: Files.mayUseColour(STDOUT_FILENO))
            var text = ""
            for finding in findings where !isQuiet || !finding.isAsPlanned {
                text += finding.isAsPlanned ? "as planned  " : style.words("DIFFERENT", .bad) + "   "
                text += "\(finding.layer): \(finding.found)\(finding.isAsPlanned ? "" : "; wanted: \(finding.wanted)")\n"
            }
            for waiver in plan.waivers { text += "\(style.words("WAIVED", .open))      \(waiver.step): \(waiver.reason)\n" }
            for step in plan.covered where !isQuiet { text += "COVERED     \(step.step): by \(step.by): \(step.reason)\n" }
            let differences = findings.count { !$0.isAsPlanned }
            if differences > 0 {
                text += "\(findings.count) layers, \(differences) \(style.words("DIFFERENT", .bad))\n"
            } else if !isQuiet {
                text += "\(findings.count) layers, all as planned\n"
            }
            try answer(text)
        case .json:
            let value: JSONValue = [
                "version": 1, "process": .integer(Int64(process)), "name": .string(plan.name),
                "asPlanned": .boolean(findings.allSatisfy(\.isAsPlanned)),
                "findings": .array(
                    findings.map { finding in
                        [
                            "layer": .string(finding.layer), "asPlanned": .boolean(finding.isAsPlanned), "found": .string(finding.found),
                            "wanted": .string(finding.wanted),
                        ]
                    }),
                "waivers": .array(plan.waivers.map(\.json)), "covered": .array(plan.covered.map(\.json)),
            ]
            try answer(value)
        }
    }
}
