import Foundation
import TestSupport
import Testing

@testable import DMRestrict

/// Profiles from which lines were taken, and runs at random: with reasons given, what is written admits what the profile did and what was
/// done, and nothing else; without them it is no profile.
@Suite struct ProfileProposalTests {
    private static let folder = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64")

    /// With some of the lines of a shipped profile.
    private static func some(of name: String, _ random: inout SplitMix64) throws -> [UInt8] {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let chance = random.below(101)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { $0.hasPrefix("[") || !random.percent(chance) }
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// Calls of the vocabulary with its constants, of shipped lines and their borders, and any.
    private static func call(_ lines: [SystemCallRule], _ random: inout SplitMix64) -> ObservedCall {
        switch random.below(4) {
        case 0:
            let rule = random.pick(lines)
            return ObservedCall(number: UInt32(rule.number), arguments: random.pick(rule.probes + [rule.example ?? []] + [[0, 0, 0, 0, 0, 0]]))
        case 1, 2:
            let name = random.pick(ArgumentVocabulary.calls.keys.sorted())
            var arguments = (0..<6).map { _ in random.percent(50) ? 0 : random.next() >> UInt64(random.below(64)) }
            for argument in SystemCallArgument.all(of: name) where !argument.constants.isEmpty && random.percent(90) {
                arguments[argument.index] = random.pick(argument.constants.values.sorted())
                if random.percent(30) { arguments[argument.index] |= random.pick(argument.constants.values.sorted()) }
            }
            return ObservedCall(number: UInt32(SystemCalls.numbers[name] ?? 0), arguments: arguments)
        default: return ObservedCall(number: UInt32(random.below(512)), arguments: (0..<6).map { _ in random.next() >> UInt64(random.below(64)) })
        }
    }

    private static func faithful(_ profile: SystemCallProfile, _ phase: SystemCallProfile.Phase) throws -> SystemCallFilter? {
        do {
            return try profile.filter(phase)
        } catch {
            if case .unfaithful = error { return nil }
            throw error
        }
    }

    @Test(arguments: ["minimal.policy", "qemu-xen.policy"]) func whatWasDoneIsAddedAndNothingElse(_ name: String) throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let shipped = try SystemCallProfile(name: name, text: Array(Data(contentsOf: Self.folder.appendingPathComponent(name))))
        var (added, compared, hindered, unfaithful) = (0, 0, 0, 0)
        for _ in 0..<12 {
            let original = try Self.some(of: name, &random)
            let old = try SystemCallProfile(name: name, text: original)
            var trace = SystemCallTrace(of: old)
            var calls: [(phase: SystemCallProfile.Phase, call: ObservedCall)] = []
            for phase in SystemCallProfile.Phase.allCases {
                if phase == .running { trace.beginRunning() }
                for _ in 0..<(20 + random.below(60)) {
                    let call = Self.call(shipped.start + shipped.running, &random)
                    calls.append((phase, call))
                    let before = old.action(of: call.number, arguments: call.arguments ?? [], in: phase)
                    let answer = trace.record(call)
                    if before != .killProcess { #expect(answer == (before == .allow ? .goOn : .error(before.rawValue == 0 ? 0 : UInt16(truncatingIfNeeded: before.rawValue)))) }
                }
            }
            let proposal = trace.proposal
            hindered += proposal.needed.count - proposal.written.count
            let text = try proposal.text(of: original)
            // Nothing of the original is lost, and nothing of it is a profile as it is.
            let kept = Set(text.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) })
            #expect(original.split(separator: 10).allSatisfy { kept.contains(Array($0)) }, "seed \(seed)")
            guard !proposal.written.isEmpty else {
                #expect(text == original)
                continue
            }
            let mistake = #expect(throws: ProfileMistake.self) { try SystemCallProfile(name: name, text: text) }
            #expect(mistake?.what == .noReason, "seed \(seed)")
            let reasoned = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.hasSuffix("  #") ? $0 + " a test" : $0 }.joined(separator: "\n")
            let new = try SystemCallProfile(name: name, text: Array(reasoned.utf8))
            added += proposal.written.count
            for phase in SystemCallProfile.Phase.allCases {
                let own = proposal.written.filter { phase == .start || $0.phase == .running }
                // No launch takes lines of which libseccomp makes something else.
                guard let filter = try Self.faithful(new, phase) else {
                    unfaithful += 1
                    continue
                }
                let evaluation = try FilterEvaluation(filter.program)
                let tables = (old: SystemCallTrace(of: old), new: SystemCallTrace(of: new))
                func action(_ profile: SystemCallProfile, _ table: SystemCallTrace, _ number: UInt32, _ arguments: [UInt64]) -> FilterAction {
                    profile.action(
                        of: number, architecture: FilterEvaluation.x86_64, arguments: arguments, rules: table.rules(of: Int(number), in: phase),
                        otherwise: .killProcess)
                }
                func compare(_ number: UInt32, _ arguments: [UInt64]) {
                    compared += 1
                    let before = action(old, tables.old, number, arguments)
                    let isAdded = own.contains { $0.rule.number == Int(number) && $0.rule.holds(for: arguments) }
                    let wanted: FilterAction = isAdded ? .allow : before
                    #expect(action(new, tables.new, number, arguments) == wanted, "seed \(seed): \(number) \(arguments)")
                    #expect(evaluation.action(of: number, arguments: arguments) == wanted, "seed \(seed): \(number) \(arguments)")
                    let name = SystemCalls.name(of: Int(number)) ?? ""
                    if before != .allow, NeverAdmitted.reason(name, arguments, in: phase) != nil {
                        #expect(wanted != .allow, "seed \(seed): \(name) \(arguments)")
                    }
                }
                for rule in own { for probe in rule.rule.probes { compare(UInt32(rule.rule.number), probe) } }
                for (_, call) in calls { compare(call.number, call.arguments ?? []) }
                // What was done, is.
                for (when, call) in calls where when == phase {
                    let name = SystemCalls.name(of: Int(call.number)) ?? ""
                    let isHindered = proposal.needed.contains { $0.obstacle != nil && $0.rule.number == Int(call.number) }
                    guard !name.isEmpty, !isHindered, NeverAdmitted.reason(name, call.arguments, in: phase) == nil, proposal.omittedCount == 0 else { continue }
                    #expect(new.action(of: call.number, arguments: call.arguments ?? [], in: phase) != .killProcess, "seed \(seed): \(name)")
                }
                for name in NeverAdmitted.names.keys {
                    compare(UInt32(SystemCalls.numbers[name] ?? 0), Array(repeating: 0, count: 6))
                }
                for memory in ["mmap", "mprotect", "pkey_mprotect"] { compare(UInt32(SystemCalls.numbers[memory] ?? 0), [0, 4_096, 7, 0x22, 0, 0]) }
            }
        }
        #expect(added > 50 && compared > 5_000)
        print("\(name): \(added) lines added, \(hindered) hindered, \(compared) calls compared, \(unfaithful) filters refused")
        #expect(unfaithful < 12)
    }

    @Test("A filter that traces ends other architectures' calls, passes all else on, and lets the listener through")
    func filters() throws {
        let profile = try SystemCallProfile(name: "minimal", text: Array(Data(contentsOf: Self.folder.appendingPathComponent("minimal.policy"))))
        let word = UInt64(0x584d_5354) << 32
        for everyCall in [true, false] {
            let evaluation = try FilterEvaluation(profile.tracingFilter(.start, by: .notification, everyCall: everyCall).program)
            for number in UInt32(0)..<512 {
                let arguments: [UInt64] = [1, 2, 3, 4, 5, 6]
                let old = profile.action(of: number, arguments: arguments, in: .start)
                let name = SystemCalls.name(of: Int(number)) ?? ""
                let passes = number == 435 ? FilterAction.error(38) : (!everyCall && old == .allow) || SystemCallProfile.unheard.contains(name) ? .allow : .notify
                #expect(evaluation.action(of: number, arguments: arguments) == passes, "\(name)")
                #expect(evaluation.action(of: number, architecture: FilterEvaluation.i386, arguments: arguments) == .killProcess)
                #expect(evaluation.action(of: number | FilterEvaluation.x32, arguments: arguments) == .killProcess)
                // Only the two calls, and each by its own argument.
                for index in 0..<6 {
                    var handing = arguments
                    handing[index] |= word
                    let isHanding = (number == 46 && index == 2) || (number == 3 && index == 0)
                    let wanted = isHanding ? .allow : everyCall ? passes : evaluation.action(of: number, arguments: handing)
                    #expect(evaluation.action(of: number, arguments: handing) == wanted, "\(name) \(index)")
                }
            }
        }
        // A profile without ends hears of them.
        let empty = try SystemCallProfile(name: "empty", text: Array("[start]\n[running]\n".utf8))
        #expect(try FilterEvaluation(empty.tracingFilter(.start, by: .notification, everyCall: true).program).action(of: 231) == .notify)
    }
}
