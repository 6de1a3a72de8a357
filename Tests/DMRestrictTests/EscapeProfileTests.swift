import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DMRestrict

/// The escape corpus under the shipped profile of QEMU, as one that was taken over meets it: while it starts, and once it serves. What
/// each attempt meets stands in `Tests/Escape/refusals`; a profile that allows more, or a layer that refuses less, is another result.
@Suite(.serialized) struct EscapeProfileTests {
    private static let file = EscapeCorpus.source.appendingPathComponent("refusals")
    private static let profile = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64/qemu-xen.policy")

    /// By attempt and phase.
    private static let refusals: [String: [SystemCallProfile.Phase: String]] = {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        var table: [String: [SystemCallProfile.Phase: String]] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
            if words.count == 3 { table[words[0]] = [.start: words[1], .running: words[2]] }
        }
        return table
    }()

    @Test func theTableHasEveryAttempt() throws {
        guard try EscapeCorpus.ready() else { return }
        #expect(Set(Self.refusals.keys) == Set(EscapeTests.names))
        // What comes through is what the profile is to allow, and nothing of it once the device model serves.
        #expect(Self.refusals.filter { $0.value[.start] == "through" }.keys.sorted() == ["socket-unix"])
        #expect(Self.refusals.allSatisfy { $0.value[.running] != "through" })
    }

    /// Several at a time, each with a user and a victim of its own: the launcher waits for the kernel's log, which often says nothing.
    @Test(arguments: SystemCallProfile.Phase.allCases) func meetsItsRefusal(_ phase: SystemCallProfile.Phase) throws {
        guard try EscapeCorpus.ready() else { return }
        let launcher = try EscapeCorpus.launcher().path
        let filter = EscapeCorpus.folder.appendingPathComponent("serving-filter")
        let profile = try SystemCallProfile(name: "qemu-xen", text: Array(Data(contentsOf: Self.profile)))
        try Data(profile.filter(.running).program.flatMap(\.bytes)).write(to: filter)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: filter.path)
        let waivers = HostAbilities.ofThisHost().landlockVersion == nil ? ["--waive", "landlock=this kernel has none"] : []
        let serving = phase == .running ? ["--serving", "/escape/serving-filter"] : []
        let (names, workers) = (EscapeTests.names, 4)
        let others = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            do {
                let victim = try Victim()
                let user = 65_600 + worker
                let words =
                    ["--prepare", launcher, "exec", "--user", "\(user):\(user)", "--profile", Self.profile.path, "--bind", EscapeCorpus.folder.path + "=/escape:x"]
                    + waivers + ["/escape/escape"] + serving + ["--on"] + victim.words
                for name in stride(from: worker, to: names.count, by: workers).map({ names[$0] }) {
                    let result = try ProcessResult.run(EscapeCorpus.program, words + [name])
                    let wanted = Self.refusals[name]?[phase] ?? "nothing that the table has"
                    if Self.met(result, wanted) { continue }
                    others.withLock { $0.append("\(name), \(phase.rawValue): wanted \(wanted); status \(result.status): \(result.text)") }
                }
            } catch {
                others.withLock { $0.append("\(error)") }
            }
        }
        #expect(others.withLock { $0 } == [])
    }

    /// `kill:CALL`: the filter ended it at this call, which the kernel's log names as long as it is not asked too often; an error's
    /// name: a call gave it; `through`.
    private static func met(_ result: ProcessResult, _ wanted: String) -> Bool {
        guard wanted.hasPrefix("kill:") else {
            return wanted == "through" ? result.status == 0 : (1...2).contains(result.status) && result.text.contains(" \(wanted)\n")
        }
        let text = result.text
        return result.status == Launcher.refused && (!text.contains("does not have `") || text.contains("does not have `\(wanted.dropFirst(5))`"))
    }
}
