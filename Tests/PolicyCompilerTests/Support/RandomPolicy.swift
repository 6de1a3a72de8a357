import TestSupport

/// A policy in one text, as a seed decides it: nearly always one that checkpolicy accepts, with every statement of the
/// language in every form.
///
/// It keeps account of what it has declared and where that is in scope, so that what it writes has a meaning; and now
/// and then it takes the liberty not to look, so that refusals are compared too.
struct RandomPolicy {
    /// For what a policy is written.
    struct Form: Hashable, Sendable {
        var isXen = true
        var isMLS = false
        var version = 30
        /// Whether it may use what checkpolicy knows since 3.6.
        var isNew = true
        /// Whether it may use what checkpolicy 3.9 to 3.11 changed: attributes of attributes, neveraudit, patterns of
        /// interfaces, and in optional blocks roles, role attributes and users.
        var isLatest = true
    }

    struct ClassSymbol {
        let name: String
        var permissions: [String]
    }

    /// The names that may be used at a place.
    struct Scope {
        var types: [String] = []
        var attributes: [String] = []
        var roles: [String] = []
        var roleAttributes: [String] = []
        var users: [String] = []
        var booleans: [String] = []
        var tunables: [String] = []
        var isOptional = false
        var isElse = false
        var depth = 0
    }

    enum Neverallow { case none, held, any }

    let form: Form
    var random: SplitMix64
    var text = ""
    var usedNames: Set<String> = ["self", "object_r"]

    // What the whole policy is like.
    var neverallow = Neverallow.none
    var statementCount = 20
    var mixesKinds = false
    /// A chance in percent not to look whether a statement makes sense.
    var carelessness = 0
    var weights: [Int] = []

    // What there is.
    var classes: [ClassSymbol] = []
    var initialSIDs: [String] = []
    var global = Scope()
    /// Which types a name may stand for, as far as is known.
    var members: [String: Set<Int>] = [:]
    var attributeParts: [String: [String]] = [:]
    var typeNumbers: [String: Int] = [:]
    var declarations: [String] = []
    var hasDeclaredAll = true
    var boundTypes: [(parent: String, child: String)] = []
    /// Contexts are made of these: who is known to have which roles, and which types these have.
    var rolesOfUser: [String: [String]] = [:]
    var typesOfRole: [String: [String]] = [:]
    var rangeOfUser: [String: LevelRange] = [:]
    /// The levels that a user is declared with, as they are written.
    var levelsOfUser: [String: String] = [:]
    var levels = Levels()

    // Names that optional blocks declare, or may never declare.
    var foreign = Scope()
    var undeclared = Scope()
    /// Booleans that blocks require or declare. One that is declared behind a requirement leaves checkpolicy's parser
    /// with its value in hand, which it takes for the name in the next declaration.
    var requiredNames: Set<String> = []

    // What has been said, so that it is not gainsaid.
    var typeRuleResults: [TypeRuleKey: (result: String, list: Int)] = [:]
    var transitionKeys: Set<String> = []
    var conditions: [(text: String, list: Int)] = []
    var nextList = 2
    var reservedPermission: String { "held" }

    struct TypeRuleKey: Hashable {
        let kind: String
        let source: Int
        let target: Int
        let objectClass: String
    }

    /// The text for a seed.
    static func text(seed: UInt64, _ form: Form) -> String {
        var policy = RandomPolicy(seed: seed, form)
        policy.write()
        return policy.text
    }

    private init(seed: UInt64, _ form: Form) {
        self.form = form
        random = SplitMix64(seed: seed)
    }

    private mutating func write() {
        chooseCharacter()
        writeClasses()
        writeDefaults()
        planSymbols()
        if form.isMLS || random.percent(2) { writeLevels() }
        writeRulesAndDeclarations()
        writeUsers()
        writeConstraints()
        writeInitialContexts()
        if !form.isXen || random.percent(1) { writeNetworkContexts() }
        if form.isXen || random.percent(1) { writeDeviceContexts() }
        if !form.isXen { writeInfinibandContexts() }
        if random.percent(5) { text.removeLast() }
    }

    private mutating func chooseCharacter() {
        neverallow = random.percent(20) ? (random.percent(60) ? .held : .any) : .none
        statementCount = random.pick([3, 8, 20, 40, 80])
        if neverallow == .any { statementCount = random.pick([3, 6, 10]) }
        mixesKinds = random.percent(15)
        carelessness = random.percent(15) ? 4 : 0
        // Some statements often, some never.
        weights = (0..<Self.statements.count).map { _ in random.pick([0, 1, 1, 2, 4, 12]) }
    }

    mutating func isCareless() -> Bool { carelessness > 0 && random.percent(carelessness) }

    mutating func emit(_ line: String) {
        text += line
        if random.percent(2) { text += random.pick([" # a comment; type x;", "\t", "\u{c}", " "]) }
        text += "\n"
        if random.percent(1) {
            text += random.pick(["\n", "# allow a b:c d;\n", "#line 7 \"a.te\"\n", "#line 12\n", "# 12 \"b.te\"\n", "\t \n"])
        }
    }

    // MARK: Names

    /// A name of its own, of the many shapes that names have.
    mutating func name(_ stem: String, _ number: Int) -> String {
        while true {
            var name: String
            switch random.below(8) {
            case 0: name = "\(stem)\(number)"
            case 1: name = "\(stem)_\(number)_t"
            case 2: name = "\(random.pick(["dom", "vm", "Dev", "x", "sys", "net"]))_\(stem)\(number)"
            case 3: name = "\(stem.uppercased())_\(number)"
            case 4: name = "\(stem)-\(number)"
            case 5: name = "\(String(repeating: "long_", count: 1 + random.below(6)))\(stem)\(number)"
            case 6: name = "\(random.pick(["Type", "Role", "User", "If", "tru", "selfish", "a", "Q9"]))\(stem)\(number)"
            default: name = stem + String(random.next() % 1_000_000, radix: 36)
            }
            if usedNames.insert(name).inserted { return name }
            name += "x"
        }
    }

    /// `{ a b }`, sometimes with braces inside.
    mutating func braced(_ names: [String]) -> String {
        if names.count == 1, random.percent(70) { return names[0] }
        if names.count > 2, random.percent(10) {
            let cut = 1 + random.below(names.count - 1)
            let (first, second) = (names[..<cut].joined(separator: " "), names[cut...].joined(separator: " "))
            return random.percent(50) ? "{ { \(first) } \(second) }" : "{ \(first) { \(second) } }"
        }
        let space = random.percent(10) ? "" : " "
        return "{\(space)" + names.joined(separator: random.percent(5) ? "\n\t" : " ") + "\(space)}"
    }
}
