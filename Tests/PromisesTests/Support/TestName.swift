import Foundation
import TestSupport

/// A test as `swift test --filter` knows it, `Module.Suite/function`, or a suite, `Module.Suite`.
struct TestName {
    /// When it runs.
    enum Condition {
        case always
        /// Where a variable asks for it.
        case byOption
        case never
    }

    let name: String
    let condition: Condition

    /// All tests of the package, and their suites; and the files whose braces do not meet, of which nothing is known.
    static let all: (tests: [String: Condition], unreadable: [String]) = {
        var (found, unreadable): ([String: Condition], [String]) = ([:], [])
        let folder = BuiltPackage.repository.appendingPathComponent("Tests").resolvingSymlinksInPath()
        for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init() where path.hasSuffix(".swift") {
            guard let source = try? String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8) else { continue }
            let module = String(path.prefix { $0 != "/" })
            guard let tests = tests(in: source, module: module) else {
                unreadable.append(path)
                continue
            }
            // Of a suite the condition is that of its declaration, which an extension does not have.
            for test in tests where found[test.name] == nil || test.condition != .always { found[test.name] = test.condition }
        }
        return (found, unreadable)
    }()

    /// The tests that a source declares, and the suites that these are in; nil where braces do not meet.
    static func tests(in source: String, module: String) -> [TestName]? {
        var reader = Reader(words: SwiftWords(source).words, module: module)
        reader.read()
        return reader.depth == 0 && reader.types.isEmpty ? reader.found : nil
    }

    /// Follows types by their braces.
    private struct Reader {
        let words: [SwiftWords.Word]
        let module: String
        var place = 0
        var depth = 0
        /// Types around the place, with the depth inside of them, and what their suites say.
        var types: [(name: String, depth: Int, condition: Condition)] = []
        var found: [TestName] = []
        /// Of the attribute `@Suite` or `@Test` that has no declaration yet.
        var isTest = false
        var condition = Condition.always

        mutating func read() {
            while place < words.count {
                step()
                place += 1
            }
        }

        private func word(_ offset: Int) -> SwiftWords.Word? {
            words.indices.contains(place + offset) ? words[place + offset] : nil
        }

        private mutating func step() {
            switch words[place] {
            case .symbol("{"): depth += 1
            case .symbol("}"):
                depth -= 1
                if let last = types.last, depth < last.depth { types.removeLast() }
            case .symbol("@"):
                guard case .name(let attribute)? = word(1), attribute == "Test" || attribute == "Suite" else { return }
                isTest = attribute == "Test"
                condition = .always
                place += 1
                if word(1) == .symbol("(") { readTraits() }
            case .name(let keyword) where ["struct", "class", "enum", "actor", "extension"].contains(keyword):
                // `class` is a member's modifier as well, and a requirement of protocols.
                guard case .name(var name)? = word(1), !["func", "var", "let", "subscript"].contains(name), word(-1) != .symbol(".") else { return }
                while word(2) == .symbol("."), case .name(let inner)? = word(3) {
                    name += "/" + inner
                    place += 2
                }
                types.append((name, depth + 1, isTest ? .always : condition))
                condition = .always
            case .name("func"):
                guard isTest, case .name(let name)? = word(1) else { return }
                add(name)
                (isTest, condition) = (false, .always)
            default: break
            }
        }

        /// What stands in the brackets behind an attribute.
        private mutating func readTraits() {
            var nesting = 0
            repeat {
                place += 1
                switch word(0) {
                case .symbol("("): nesting += 1
                case .symbol(")"): nesting -= 1
                case .name("disabled") where word(-1) == .symbol("."): condition = .never
                case .name("enabled") where word(-1) == .symbol(".") && asksEnvironment: condition = .byOption
                default: break
                }
            } while nesting > 0 && place < words.count
        }

        /// Whether a condition, which is short, looks at a variable.
        private var asksEnvironment: Bool {
            (0..<16).contains { word($0) == .name("environment") }
        }

        private mutating func add(_ function: String) {
            guard !types.isEmpty else { return }
            let suite = module + "." + types.map(\.name).joined(separator: "/")
            let worst: Condition =
                switch (condition, types.map(\.condition)) {
                case (.never, _): .never
                case (_, let around) where around.contains { $0 == .never }: .never
                case (.byOption, _): .byOption
                case (_, let around) where around.contains { $0 == .byOption }: .byOption
                default: .always
                }
            found.append(.init(name: suite + "/" + function, condition: worst))
            found.append(.init(name: suite, condition: types.last?.condition ?? .always))
        }
    }
}
