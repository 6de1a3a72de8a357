@testable import DMRestrict

/// A profile of system calls from any bytes: it is refused at one of its lines, or its filters do what it says, or it is said why
/// there are none.
func exercise(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).count
    let profile: SystemCallProfile
    do throws(ProfileMistake) {
        profile = try SystemCallProfile(name: "fuzz", text: bytes)
    } catch {
        claim("a mistake is in a line, or in all", (0...lines).contains(error.line))
        claim("a mistake has words", !error.text.isEmpty)
        return
    }
    for phase in SystemCallProfile.Phase.allCases {
        for rule in profile.rules(in: phase) {
            guard let example = rule.example else { continue }
            claim("an example is allowed by its rule", rule.holds(for: example))
        }
        // What cannot be made is told by a failure.
        guard let filter = try? profile.filter(phase) else { continue }
        guard let differences = try? profile.differences(from: filter.program, in: phase) else {
            claim("a filter that was made is none", false)
            return
        }
        claim("\(phase): \(differences.first.map { "\($0)" } ?? "")", differences.isEmpty)
    }
}
