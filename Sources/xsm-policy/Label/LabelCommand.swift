import Arguments
import Commands
import Flask
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-policy label`: what labels devices.
struct LabelCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] [KIND] DEVICE", "[OPTION…] --lspci FILE [--device ADDRESS…]", "--coverage POLICY",
        about: """
            What to write into a policy's device_contexts to label a device, and the other way
            round: which device a number is.

              pci 0000:03:00.0             a PCI device, or its number, 0x300
              memory 0xfebe0000-0xfebfffff bytes, the end in them; or 0xfebe0000+128K
              frames 0xfebe0-0xfebff       the same in pages of 4 KiB, as policies have it
              ports 0xecc0-0xecdf          ports of x86; or 0xecc0+32
              irq 17                       an interrupt line
              dt /soc/serial@7e201000      a node of Arm's device tree

            With `--lspci` all that a PCI card needs, from the output of `lspci -vvn`. With `--policy` also
            the context that it has there, as Xen finds it.
            """,
        examples: [
            "all statements that a network card needs":
                "lspci -vvn | xsm-policy label --lspci - --device 03:00.0 --type nic_dev_t",
            "which ranges have a label, and which are in each other's way":
                "xsm-policy label --coverage xenpolicy-4.17",
        ],
        statuses: ["0": "it is told", "1": "with `--coverage`, statements are in each other's way", "2": "it cannot be told"])

    private enum Question {
        case device(Device)
        case listing(PolicyFile, [PCIAddress])
        case coverage(PolicyFile)
    }

    private var question = Question.coverage(PolicyFile("-"))
    private var type: String?
    private var context: String?
    private var policy: PolicyFile?
    private var listing: PolicyFile?
    private var addresses: [PCIAddress] = []
    private var asksCoverage = false

    mutating func set(_ option: LabelOption, to value: String) throws(UsageError) {
        switch option {
        case .type: type = try Self.checked(value, "type", besides: "")
        case .context: context = try Self.checked(value, "context", besides: ":-.,")
        case .policy: policy = PolicyFile(value)
        case .lspci: listing = PolicyFile(value)
        case .device: addresses.append(try Self.asked { () throws(LabelMistake) in try PCIAddress(value) })
        case .coverage: asksCoverage = true
        }
    }

    static func kind(of option: LabelOption) -> WordKind {
        switch option {
        case .type: .inventory([.types])
        case .context: .context
        case .policy, .lspci: .file
        case .device, .coverage: .other
        }
    }

    static func kind(ofOperand operands: [String]) -> WordKind {
        operands.isEmpty ? .choice(["pci", "memory", "frames", "ports", "irq", "dt"]) : .other
    }

    /// What stands in a statement must not end it.
    private static func checked(_ text: String, _ what: String, besides: String) throws(UsageError) -> String {
        let isName = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_.".unicodeScalars.contains(scalar) || besides.unicodeScalars.contains(scalar))
        }
        guard isName, !text.isEmpty else { throw UsageError(message: "`\(text)` is no \(what)") }
        return text
    }

    private static func asked<Answer>(_ body: () throws(LabelMistake) -> Answer) throws(UsageError) -> Answer {
        do throws(LabelMistake) {
            return try body()
        } catch {
            throw UsageError(message: error.message)
        }
    }

    mutating func take(_ operands: [String]) throws(UsageError) {
        guard type == nil || context == nil else { throw UsageError(message: "`--context` has a type already: leave `--type` out") }
        guard addresses.isEmpty || listing != nil else {
            throw UsageError(message: "`--device` chooses from what `--lspci` reads: to label one device, say `xsm-policy label pci \(addresses[0])`")
        }
        if asksCoverage {
            guard listing == nil, policy == nil, type == nil, context == nil else {
                throw UsageError(message: "`--coverage` takes a policy and nothing else")
            }
            question = .coverage(try PolicyFile(only: operands))
        } else if let listing {
            guard operands.isEmpty else { throw UsageError(message: "`--lspci` tells which devices there are: choose with `--device \(operands[0])`") }
            guard listing.path != "-" || policy?.path != "-" else { throw UsageError(message: "the standard input is either the listing or the policy") }
            question = .listing(listing, addresses)
        } else {
            question = .device(try Self.device(operands))
        }
    }

    private static func device(_ operands: [String]) throws(UsageError) -> Device {
        let kinds = DeviceKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        guard let first = operands.first else {
            throw UsageError(message: "there is no device: say \(kinds) and which one, or `--lspci FILE`, or `--coverage POLICY`")
        }
        guard operands.count <= 2 else { throw UsageError(message: "there is more than one device: `\(operands[2])`") }
        guard let last = operands.dropFirst().first else {
            guard DeviceKind(rawValue: first) == nil else { throw UsageError(message: "which one? Say `xsm-policy label \(first) …`, as in `--help`") }
            return try asked { () throws(LabelMistake) in try Device(first, kind: nil) }
        }
        guard let kind = DeviceKind(rawValue: first) else { throw UsageError(message: "`\(first)` is no kind of device: there are \(kinds)") }
        return try asked { () throws(LabelMistake) in try Device(last, kind: kind) }
    }

    // MARK: Answering

    func run(_ input: InputOptions, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        if case .coverage(let file) = question {
            let coverage = try Self.answered(try file.read(input)) { policy throws(QuestionMistake) in try policy.labelCoverage() }
            return CommandAnswer(coverage.mistakes.isEmpty ? .answered : .otherOutcome, CoverageReport(coverage: coverage), format)
        }
        var (sections, unnumbered) = try sections()
        let label = context ?? type.map { "system_u:object_r:\($0)" + (input.isMLS ? ":s0" : "") }
        let policy = try policy?.read(input)
        if let policy {
            let devices = sections.flatMap(\.devices)
            let stretches = try Self.answered(policy) { policy throws(QuestionMistake) in
                if let label { try policy.checkLabel(label) }
                return try policy.labels(of: devices)
            }
            var rest = stretches[...]
            for place in sections.indices {
                sections[place].stretches = Array(rest.prefix(sections[place].devices.count))
                rest = rest.dropFirst(sections[place].devices.count)
            }
        }
        let report = LabelReport(label: label, release: policy?.searchingRelease, sections: sections, unnumbered: unnumbered)
        return CommandAnswer(.answered, report, format)
    }

    private static func answered<Answer>(
        _ policy: AnalysedPolicy, _ body: (AnalysedPolicy) throws(QuestionMistake) -> Answer
    ) throws(CommandFailure) -> Answer {
        do throws(QuestionMistake) {
            return try body(policy)
        } catch {
            throw .question(error)
        }
    }

    /// What is to be labelled, and addresses for which there is no number.
    private func sections() throws(CommandFailure) -> ([LabelReport.Section], unnumbered: [String]) {
        switch question {
        case .coverage: return ([], [])
        case .device(let device): return ([.init(device)], [])
        case .listing(let file, let addresses):
            let bytes: [UInt8]
            do throws(InputFailure) {
                bytes = try file.bytes()
            } catch {
                throw .policy(error)
            }
            do throws(LabelMistake) {
                let listing = try DeviceListing(bytes)
                return (try listing.labels(for: addresses).map { .init($0) }, listing.unnumbered)
            } catch {
                throw .label(error)
            }
        }
    }
}
