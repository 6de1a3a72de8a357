import Flask
import Foundation
import TestSupport
import Testing

/// SUPPORT.md speaks of what is there, and of all commands, libraries, releases and layers that there are.
@Suite struct SupportTests {
    static let tools = ["xsm-audit", "xsm-compile", "xsm-hypervisor", "xsm-launch", "xsm-policy"]

    private func features(_ kind: String) throws -> [SupportTable.Feature] {
        try SupportTable(file: "SUPPORT.md").features.filter { $0.kind == kind }
    }

    @Test("boundaries and promises that are named are those of SECURITY.md and SPECIFICATION.md")
    func references() throws {
        let promises = Set(try SpecificationTests.document().entries.map(\.identifier))
        let boundaries = Set(try SecurityTests.document().entries.map(\.identifier))
        var supported: Set<String> = []
        for feature in try SupportTable(file: "SUPPORT.md").features {
            for name in feature.promises { #expect(promises.contains(name), "SUPPORT.md:\(feature.line): SPECIFICATION.md has no `\(name)`") }
            for name in feature.boundaries { #expect(boundaries.contains(name), "SUPPORT.md:\(feature.line): SECURITY.md has no `\(name)`") }
            supported.formUnion(feature.boundaries)
        }
        #expect(boundaries.subtracting(supported) == [], "boundaries at which nothing is security-supported")
    }

    @Test("commands are those of the tools: all, and no others", arguments: tools)
    func commands(name: String) throws {
        let rows = try features("command").filter { $0.owner == [name] }
        let named = Set(rows.flatMap(\.names))
        let tool = try BuiltTool.named(name)
        let listed = Set(try tool.commands())
        // A tool without commands has one all the same: itself.
        let own = name == "xsm-compile" ? ["compile"] : listed
        #expect(listed.count >= 4 || name == "xsm-compile" && listed.isEmpty)
        #expect(own.subtracting(named) == [], "commands of \(name) that SUPPORT.md does not have")
        // What every tool can be asked about itself stands in no list.
        let folder = try TemporaryFolder()
        let asked = ["completion": ["completion", "bash"], "manual": ["manual", folder.url.path], "help": ["help"]]
        for word in named.subtracting(own) {
            let words = try #require(asked[word], "\(name) has no command `\(word)`")
            #expect(try ProcessResult.run(tool.program, words).status == 0, "\(name) has no command `\(word)`")
        }
    }

    @Test("options are those of the tools and their commands")
    func options() throws {
        for row in try features("option") {
            #expect(Self.tools.contains(row.owner[0]), "SUPPORT.md:\(row.line)")
            let tool = try BuiltTool.named(row.owner[0])
            let known: Set<String>
            if row.owner.dropFirst() == ["*"] {
                // What several commands have.
                var counts: [String: Int] = [:]
                for command in try tool.commands() {
                    for name in Set(BuiltTool.options(in: try tool.help([command])).joined()) { counts[name, default: 0] += 1 }
                }
                known = Set(counts.filter { $0.value > 1 }.keys)
            } else {
                known = Set(BuiltTool.options(in: try tool.help(Array(row.owner.dropFirst()))).joined())
            }
            #expect(known.count >= 3, "`\(row.owner.joined(separator: " "))` has hardly any options")
            #expect(Set(row.names).subtracting(known) == [], "SUPPORT.md:\(row.line): `\(row.owner.joined(separator: " "))` has no such options")
        }
    }

    @Test("every option of the compiler is there")
    func compilerOptions() throws {
        let known = Set(BuiltTool.options(in: try BuiltTool.named("xsm-compile").help()).joined())
        let named = Set(try features("option").filter { $0.owner == ["xsm-compile"] }.flatMap(\.names))
        // Of two spellings one suffices.
        let help = try BuiltTool.named("xsm-compile").help()
        for name in known.subtracting(named) {
            let isTwin = help.split(separator: "\n").contains { line in
                let both = Set(BuiltTool.options(in: String(line)).joined())
                return both.contains(name) && !both.isDisjoint(with: named)
            }
            #expect(isTwin, "SUPPORT.md does not have \(name)")
        }
    }

    @Test("libraries are the products of the package")
    func libraries() throws {
        let products = try Repository.products("library")
        #expect(products.count >= 10)
        #expect(Set(try features("library").flatMap(\.names)) == products)
        #expect(try Repository.products("executable") == Set(Self.tools))
    }

    @Test("releases are those of Flask's vocabulary")
    func releases() throws {
        #expect(Set(try features("release").flatMap(\.names)) == Set(XenRelease.all.map(\.description)))
    }

    @Test("layers of a restriction are the steps of a plan")
    func layers() throws {
        let source = try Repository.text("Sources/DMRestrict/Plan/RestrictionStep.swift")
        let steps = Set(source.matches(of: /case \.\w+(?:\([^)]*\))?: "([a-z]+(?:-[a-z]+)*)"\n/).map { String($0.output.1) })
        #expect(steps.count > 15)
        #expect(Set(try features("layer").flatMap(\.names)) == steps.union(["namespaces"]))
    }

    @Test("destinations are those of `xsm-audit ship`")
    func destinations() throws {
        let help = try BuiltTool.named("xsm-audit").help(["ship"])
        let known = Set(help.matches(of: /([a-z]+(?:\+[a-z]+)?):\/\//).map { String($0.output.1) })
        #expect(Set(try features("destination").flatMap(\.names)) == known)
    }

    @Test("peers are what scripts/setup installs, scripts can be run, and files are there")
    func files() throws {
        let setup = Set(try Repository.text("scripts/setup").split { !$0.isLetter && !$0.isNumber && !"-./".contains($0) }.map(String.init))
        for row in try features("peer") {
            for name in row.names { #expect(setup.contains(name), "SUPPORT.md:\(row.line): scripts/setup does not install `\(name)`") }
        }
        for row in try features("script") {
            for name in row.names { #expect(Repository.runs("scripts/\(name)"), "SUPPORT.md:\(row.line): there is no scripts/\(name)") }
        }
        for row in try features("file") {
            for name in row.names { #expect(Repository.has(name), "SUPPORT.md:\(row.line): there is no `\(name)`") }
        }
    }
}
