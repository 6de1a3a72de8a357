/// Something that a domain can be told to do in a scenario: a hypercall with the least that it needs, called as Xen's interface
/// calls it.
public struct ScenarioOperation: Sendable {
    public let name: String
    let parameters: [Parameter]
    let perform: @Sendable (ScenarioContext) throws(ScenarioContext.Failure) -> Int64

    struct Parameter: Hashable, Sendable {
        enum Kind { case domain, number, text }
        let name: String
        let kind: Kind
        var isOptional = false
    }

    init(
        _ name: String, _ parameters: [Parameter] = [],
        _ perform: @escaping @Sendable (ScenarioContext) throws(ScenarioContext.Failure) -> Int64
    ) {
        self.name = name
        self.parameters = parameters
        self.perform = perform
    }

    /// Every operation, by area.
    public static let all: [ScenarioOperation] = domainControl + systemControl + versionAndConsole + security

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    static func named(_ name: String) -> ScenarioOperation? { byName[name] }

    /// What it takes: `DOMAIN NUMBER [TEXT]`.
    var usage: String { parameters.isEmpty ? "nothing" : parametersText }

    /// What it takes, as it is written behind its name; empty where it takes nothing.
    public var parametersText: String {
        parameters.map { $0.isOptional ? "[\($0.name.uppercased())]" : $0.name.uppercased() }.joined(separator: " ")
    }

    /// A number as C writes it: `7`, `0x1f`.
    static func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
}

extension ScenarioOperation: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ScenarioOperation.Parameter {
    static let target = Self(name: "domain", kind: .domain)
    static func number(_ name: String, isOptional: Bool = false) -> Self { Self(name: name, kind: .number, isOptional: isOptional) }
    static func text(_ name: String, isOptional: Bool = false) -> Self { Self(name: name, kind: .text, isOptional: isOptional) }
}
