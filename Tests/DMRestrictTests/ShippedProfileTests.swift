import DMRestrict
import Foundation
import Testing
import TestSupport

@Suite("Shipped profiles do what they say, line by line")
struct ShippedProfileTests {
    static let profiles: [SystemCallProfile] = {
        let folder = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".policy") }
        return names.sorted().compactMap { name in
            do {
                return try SystemCallProfile(
                    name: String(name.dropLast(7)), text: Array(Data(contentsOf: folder.appendingPathComponent(name))))
            } catch let mistake as ProfileMistake {
                Issue.record("\(name):\(mistake.line): \(mistake.text)")
            } catch {
                Issue.record("\(name): \(error)")
            }
            return nil
        }
    }()

    @Test("All of them are there")
    func names() {
        #expect(Set(Self.profiles.map(\.name)).isSuperset(of: ["minimal", "qemu-xen"]))
    }

    @Test("The filter is the profile, for every number, and whatever is refused", arguments: SystemCallProfile.Phase.allCases)
    func filters(_ phase: SystemCallProfile.Phase) throws {
        for profile in Self.profiles {
            for otherwise in [FilterAction.killProcess, .error(1), .log] {
                let filter = try profile.filter(phase, otherwise: otherwise)
                let differences = try profile.differences(from: filter.program, in: phase, otherwise: otherwise)
                #expect(differences.isEmpty, "\(profile.name) \(phase): \(differences.first.map { "\($0)" } ?? "")")
            }
        }
    }

    @Test("What a line allows passes, and what it does not is refused", arguments: SystemCallProfile.Phase.allCases)
    func rules(_ phase: SystemCallProfile.Phase) throws {
        var refused = 0
        for profile in Self.profiles {
            let evaluation = try FilterEvaluation(profile.filter(phase).program)
            for rule in profile.rules(in: phase) {
                let others = profile.rules(in: phase).filter { $0.number == rule.number }
                let example = try #require(rule.example, "\(profile.name):\(rule.line)")
                #expect(evaluation.action(of: UInt32(rule.number), arguments: example) == rule.action, "\(profile.name):\(rule.line)")
                for probe in rule.probes where !others.contains(where: { $0.holds(for: probe) }) {
                    refused += 1
                    #expect(
                        evaluation.action(of: UInt32(rule.number), arguments: probe) == .killProcess,
                        "\(profile.name):\(rule.line): \(rule.name) \(probe)")
                }
                // Every comparison refuses something: a line without effect is a mistake.
                for condition in rule.conditions {
                    #expect(rule.probes.contains { !condition.holds(for: $0[condition.argument]) }, "\(profile.name):\(rule.line)")
                }
            }
        }
        #expect(refused > 100)
    }

    @Test("None lets code be made, privileges be asked for, or a namespace be entered once it serves")
    func promises() throws {
        let forbidden = [
            "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "setns", "unshare", "mount", "umount2",
            "pivot_root", "chroot", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl", "add_key", "init_module",
            "finit_module", "kexec_load", "open_by_handle_at", "setuid", "setresuid", "capset", "pidfd_getfd", "mknod", "personality",
        ]
        for profile in Self.profiles {
            let evaluation = try FilterEvaluation(profile.filter(.running).program)
            for name in forbidden {
                let number = try #require(SystemCalls.numbers[name])
                #expect(evaluation.action(of: UInt32(number)) == .killProcess, "\(profile.name): \(name)")
            }
            for name in ["mmap", "mprotect"] {
                let number = try #require(SystemCalls.numbers[name])
                for flags: UInt64 in [0x02, 0x12, 0x22, 0x01] {
                    let action = evaluation.action(of: UInt32(number), arguments: [0, 4_096, 7, flags, 3, 0])
                    #expect(action == .killProcess, "\(profile.name): \(name)")
                }
            }
            for name in ["clone"] {
                for flag: UInt64 in [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000] {
                    let number = try #require(SystemCalls.numbers[name])
                    for phase in SystemCallProfile.Phase.allCases {
                        let action = try FilterEvaluation(profile.filter(phase).program)
                            .action(of: UInt32(number), arguments: [flag | 17])
                        #expect(action == .killProcess, "\(profile.name): \(name) \(flag)")
                    }
                }
            }
        }
    }

    @Test("A program that is another is found to be: each instruction changed")
    func changedPrograms() throws {
        let profile = try #require(Self.profiles.first { $0.name == "minimal" })
        let filter = try profile.filter(.start)
        var unnoticed = 0
        for index in stride(from: 0, to: filter.program.count, by: 3) {
            var program = filter.program
            let old = program[index]
            guard old.code == 0x06 || old.code & 7 == 5 else { continue }
            program[index] = FilterInstruction(
                code: old.code, ifTrue: old.ifTrue, ifFalse: old.ifFalse, operand: old.code == 0x06 ? old.operand ^ 0x7fff_0000 : old.operand ^ 1)
            if let differences = try? profile.differences(from: program, in: .start), differences.isEmpty { unnoticed += 1 }
        }
        // Comparisons by which a tree only finds its way may be off by one without an effect.
        #expect(unnoticed * 15 < filter.program.count, "\(unnoticed) of \(filter.program.count)")
    }
}
