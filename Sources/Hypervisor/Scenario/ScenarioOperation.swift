/// Something that a domain can be told to do in a scenario: a hypercall with the least that it needs, called as Xen's interface
/// calls it.
public struct ScenarioOperation: Sendable {
    public let name: String
    /// What it does, in one line.
    public let summary: String
    let parameters: [Parameter]
    /// What it gives that a later line may name; nil where it gives nothing.
    public let gives: String?
    let perform: @Sendable (ScenarioContext) throws(ScenarioContext.Failure) -> Int64

    struct Parameter: Hashable, Sendable {
        enum Kind: Hashable, Sendable {
            /// A domain that there is.
            case domain
            /// A number, or the name of one that an operation gave.
            case number
            /// `0x3f8-0x3ff`, or one number.
            case range
            /// `0000:01:00.0`, or without the first part.
            case device
            case text
            /// One of some words, each of which stands for a number.
            case choice([String: UInt64])
        }
        let name: String
        let kind: Kind
        var isOptional = false
    }

    init(
        _ name: String, _ summary: String, _ parameters: [Parameter] = [], gives: String? = nil,
        _ perform: @escaping @Sendable (ScenarioContext) throws(ScenarioContext.Failure) -> Int64
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.gives = gives
        self.perform = perform
    }

    /// Operations that belong together, and what about.
    public struct Area: Sendable {
        public let name: String
        public let operations: [ScenarioOperation]
    }

    /// Every operation, by area.
    public static let areas: [Area] = [
        Area(name: "Domains", operations: domainLife + domainSettings),
        Area(name: "Virtual processors", operations: processors),
        Area(name: "Memory", operations: memory),
        Area(name: "Page tables", operations: pageTables),
        Area(name: "Event channels", operations: eventChannels),
        Area(name: "Grants", operations: grants),
        Area(name: "Device models", operations: deviceModels),
        Area(name: "Hardware virtual machines", operations: hardwareMachines),
        Area(name: "Devices", operations: devices + physicalDevices),
        Area(name: "Argo", operations: argo),
        Area(name: "Machine", operations: systemControl + machineControl + platform),
        Area(name: "Version and console", operations: versionAndConsole),
        Area(name: "Flask", operations: security),
    ]

    /// Every operation, by area.
    public static let all: [ScenarioOperation] = areas.flatMap(\.operations)

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    static func named(_ name: String) -> ScenarioOperation? { byName[name] }

    /// What it takes: `DOMAIN NUMBER [TEXT]`.
    var usage: String { parameters.isEmpty ? "nothing" : parametersText }

    /// What it takes, as it is written behind its name; empty where it takes nothing.
    public var parametersText: String {
        parameters.map { $0.isOptional ? "[\($0.text)]" : $0.text }.joined(separator: " ")
    }
}

extension ScenarioOperation: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ScenarioOperation.Parameter {
    static let target = domain("domain")
    static let adding = choice("add|remove", ["add": 1, "remove": 0])
    static let writing = choice("read|write", ["read": 0, "write": 1], isOptional: true)

    static func domain(_ name: String, isOptional: Bool = false) -> Self {
        Self(name: name, kind: .domain, isOptional: isOptional)
    }
    static func number(_ name: String, isOptional: Bool = false) -> Self {
        Self(name: name, kind: .number, isOptional: isOptional)
    }
    static func range(_ name: String) -> Self { Self(name: name, kind: .range) }
    static func text(_ name: String, isOptional: Bool = false) -> Self { Self(name: name, kind: .text, isOptional: isOptional) }
    static let device = Self(name: "device", kind: .device)

    static func choice(_ name: String, _ words: [String: UInt64], isOptional: Bool = false) -> Self {
        Self(name: name, kind: .choice(words), isOptional: isOptional)
    }

    /// As a usage shows it: `COUNT`, or the words that may be chosen.
    var text: String {
        if case .choice = kind { return name }
        return name.uppercased()
    }
}
