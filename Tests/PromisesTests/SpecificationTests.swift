import Foundation
import TestSupport
import Testing

/// SPECIFICATION.md promises nothing that is not held by something that is there.
@Suite struct SpecificationTests {
    static let keys: Set<String> = ["test", "long", "figure", "fuzz", "script"]

    static func document() throws -> PromiseDocument { try PromiseDocument(file: "SPECIFICATION.md", keys: keys) }

    @Test("each promise has an identifier of its own, a sentence, and something that holds it")
    func promises() throws {
        let document = try Self.document()
        #expect(document.entries.count > 50)
        for entry in document.entries {
            #expect(entry.text.last == ".", "\(entry.identifier): `\(entry.text.suffix(40))` is no sentence")
        }
    }

    @Test("each test that is named is there, and runs when it is said to")
    func tests() throws {
        let (tests, unreadable) = TestName.all
        #expect(unreadable == [], "tests of these files are not found")
        #expect(tests.count > 500)
        for entry in try Self.document().entries {
            for (key, value, line) in entry.values where key == "test" || key == "long" {
                guard let condition = tests[value] else {
                    let near = tests.keys.filter { $0.hasSuffix("/" + (value.split(separator: "/").last ?? "")) }
                    Issue.record("SPECIFICATION.md:\(line): there is no test `\(value)`; near: \(near)")
                    continue
                }
                #expect(
                    condition == (key == "test" ? .always : .byOption),
                    "SPECIFICATION.md:\(line): `\(value)` runs \(condition): `test` is for what always runs, `long` for what an option asks for")
            }
        }
    }

    @Test("each figure is one of scripts/bench, is bounded once, and each comparison has a bound")
    func figures() throws {
        let result = try ProcessResult.run(BuiltPackage.repository.appendingPathComponent("scripts/bench"), ["--list"])
        try #require(result.status == 0, "\(result.text)")
        let benches = result.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let figures = Set(benches.flatMap { $0.dropFirst() })
        var bounded: Set<String> = []
        for entry in try Self.document().entries {
            for (_, value, line) in entry.values where entry.values(of: "figure").contains(value) {
                guard let figure = PromisedFigure(value) else {
                    Issue.record("SPECIFICATION.md:\(line): `\(value)` is not `NAME >= VALUE UNIT` or `NAME <= VALUE UNIT`")
                    continue
                }
                #expect(figures.contains(figure.name), "SPECIFICATION.md:\(line): scripts/bench does not print `\(figure.name)`")
                #expect(bounded.insert(figure.name).inserted, "SPECIFICATION.md:\(line): `\(figure.name)` has a second bound")
            }
        }
        for bench in benches {
            #expect(!bounded.isDisjoint(with: bench.dropFirst()), "nothing is promised of what `scripts/bench \(bench[0])` measures")
        }
    }

    @Test("each fuzz target and script that is named is there, and each fuzz target holds a promise")
    func programs() throws {
        var fuzzed: Set<String> = []
        let script = try Repository.text("scripts/fuzz")
        let list = try #require(script.firstMatch(of: /\ntargets=\(([a-z ]+)\)\n/)?.output.1, "scripts/fuzz has no list of targets")
        let targets = Set(list.split(separator: " ").map(String.init))
        for entry in try Self.document().entries {
            for target in entry.values(of: "fuzz") {
                fuzzed.insert(target)
                let isThere = targets.contains(target) && Repository.has("Fuzz/\(target).swift")
                #expect(isThere, "\(entry.identifier): there is no fuzz target `\(target)`")
            }
            for value in entry.values(of: "script") {
                // Words behind it are its arguments.
                let path = String(value.prefix { $0 != " " })
                #expect(path.hasPrefix("scripts/") && Repository.runs(path), "\(entry.identifier): `\(path)` is no script")
            }
        }
        #expect(fuzzed == targets, "fuzz targets that hold no promise")
    }
}
