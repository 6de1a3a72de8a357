import Diagnostics
import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@testable import AuditAnalysis

@Suite("Suggestions for the reference policy")
struct SuggestionReferenceTests {
    private static let folder = Result { try SourceFolder(copying: BuiltPackage.repository.appendingPathComponent("Policies/reference"), as: "reference") }

    private static var options: InputOptions {
        var options = InputOptions()
        options.release = XenRelease("4.17")
        return options
    }

    /// A line that is a rule or a call by itself, and the tree without it.
    private struct Removal {
        let file: String
        let line: String
        let folder: SourceFolder
    }

    private static func removal(_ random: inout SplitMix64) throws -> Removal {
        let folder = try Self.folder.get()
        let modules = ["dom0.te", "guest.te", "isolated.te", "driver_domain.te", "device_model.te", "xenstore.te", "builder.te", "sealed.te"]
        let file = "reference/modules/" + random.pick(modules)
        var lines = folder[file].split(separator: "\n", omittingEmptySubsequences: false)
        let places = lines.indices.filter { place in
            let line = lines[place]
            return line.hasPrefix("allow ") && line.hasSuffix(";") || line.contains("(") && line.hasSuffix(")") && line.first?.isLetter == true
        }
        let place = random.pick(places)
        let line = String(lines[place])
        lines[place] = ""
        var changed = folder
        changed[file] = lines.joined(separator: "\n")
        return Removal(file: file, line: line, folder: changed)
    }

    @Test("What a removed rule or call allowed is allowed again", arguments: [1, 2, 3])
    func removed(_ seed: UInt64) throws {
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let whole = try AnalysedPolicy(treeAt: "reference", reader: Self.folder.get(), options: Self.options)
        var tried = 0
        for _ in 0..<40 where tried < 2 {
            let removal = try Self.removal(&random)
            // Without a declaration there is no policy.
            guard let finder = try? SuggestionFinder(.tree("reference"), reader: removal.folder, options: Self.options) else { continue }
            let lost = try finder.policy.difference(to: whole).rules.filter { $0.group == .allow && $0.parts.contains { $0.before == .never && $0.after == .always } }
            guard let rule = lost.isEmpty ? nil : random.pick(lost),
                let part = rule.parts.first(where: { $0.before == .never && $0.after == .always })
            else { continue }
            let (source, target) = (random.pick(rule.sources).description, random.pick(rule.targets).description)
            let permission = random.pick(part.permissions).description
            func context(_ type: String) throws -> String? {
                let loaded = try whole.loaded()
                return ["system_u:system_r:\(type)", "system_u:object_r:\(type)"].first { (try? loaded.context(Array($0.utf8))) != nil }
            }
            guard let sourceContext = try context(source), let targetContext = try context(target) else { continue }
            tried += 1
            let what = "seed \(seed): without `\(removal.line)` of \(removal.file): \(source) \(target):\(rule.objectClass) \(permission)"
            let report = try finder.suggestions(for: Denials.cells([Denials.line(sourceContext, targetContext, rule.objectClass.description, permission)]))
            try #require(report.suggestions.count == 1, "\(what) \(report.withoutSuggestion.map { $0.reasons.map(\.message) })")
            let suggestion = report.suggestions[0]
            print(what, "->", suggestion.text, suggestion.lines.map { "\($0.file):\($0.line)" }, suggestion.alsoAllowsCount, suggestion.alternatives.map(\.text))
            for change in [suggestion] + suggestion.alternatives {
                #expect(change.allows.map(\.permissions) == [[Name(permission)]], "\(what)")
                // It compiles with its neverallow rules, and decides as the whole policy does.
                let changed = try finder.build.compile(change.insertions)
                let question = try changed.accessQuestion(
                    source: sourceContext, target: targetContext, objectClass: rule.objectClass.description, permissions: [permission])
                #expect(try changed.explanation(of: question).isAllowed, "\(what)")
            }
        }
        #expect(tried == 2, "seed \(seed): too few lines were found to remove")
    }

    @Test("A guest that lost its connection to dom0 gets the call back that its author wrote")
    func connection() throws {
        var folder = try Self.folder.get()
        folder["reference/modules/guest.te"] = folder["reference/modules/guest.te"].replacing("connect(dom0_t, domU_t)", with: "")
        let finder = try SuggestionFinder(.tree("reference"), reader: folder, options: Self.options)
        let report = try finder.suggestions(
            for: Denials.cells([
                Denials.line("system_u:object_r:dom0_t_channel", "domU_t", "event", "bind"), Denials.line("system_u:object_r:domU_t_channel", "dom0_t", "event", "bind"),
                Denials.line("dom0_t", "domU_t", "grant", "map_read", "copy"), Denials.line("domU_t", "dom0_t", "grant", "map_write"),
            ]))
        #expect(report.withoutSuggestion.isEmpty)
        #expect(report.suggestions.map(\.text) == [["connect(dom0_t, domU_t)"]])
        #expect(report.suggestions.map { $0.lines.map(\.file) } == [["modules/guest.te"]])
    }

    @Test("What the goals forbid gets no rule, and the goal's place is told")
    func goals() throws {
        let finder = try SuggestionFinder(.tree("reference"), reader: Self.folder.get(), options: Self.options)
        let report = try finder.suggestions(
            for: Denials.cells([
                Denials.line("domU_t", "dom0_t", "domain", "pause"), Denials.line("isolated_domU_t", "domU_t", "grant", "map_read"),
                Denials.line("user_1:vm_r:domU_t", "user_2:vm_r:domU_t", "grant", "map_read"),
            ]))
        #expect(report.suggestions.isEmpty)
        let reasons = report.withoutSuggestion.flatMap { entry in entry.reasons.map { "\($0.kind) \($0.place?.file ?? "")" } }.sorted()
        #expect(reasons == [
            "constraint reference/modules/tenants.cons", "neverallow reference/modules/goal_command.te", "neverallow reference/modules/goal_isolation.te",
        ])
    }

    @Test("A switch of the operator's is suggested where a rule waits for it")
    func switches() throws {
        let finder = try SuggestionFinder(.tree("reference"), reader: Self.folder.get(), options: Self.options)
        let report = try finder.suggestions(for: Denials.cells([Denials.line("dom0_t", "domU_t", "domain", "setdebugging")]))
        #expect(report.suggestions.map(\.text) == [["guest_debugging=on"]])
        #expect(report.suggestions[0].alsoAllowsCount > 0)
    }
}
