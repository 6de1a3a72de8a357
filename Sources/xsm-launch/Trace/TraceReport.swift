import Commands
import DMRestrict
import Files
import Glibc
import JSON
import Reports

/// What is said of a traced run, and what is written.
struct TraceReport {
    let settings: TraceSettings
    let profile: Profile
    let name: String

    /// The exit status: 0 where the profile had everything, 1 where it had not, 125 where that could not be written.
    func write(_ outcome: TraceOutcome) -> Int32 {
        let proposal = outcome.proposal
        let isSufficient = proposal.isSufficient && outcome.end != .killed(SIGSYS)
        do throws(CommandFailure) {
            if let path = settings.output {
                let text: [UInt8]
                do throws(ProfileMistake) {
                    text = try proposal.text(of: profile.text)
                } catch {
                    throw CommandFailure("`\(path)` is not written: \(error.text)")
                }
                try NewFile.write(text, to: path)
            }
            let report = settings.format == .json ? json(outcome, isSufficient).bytes(indented: true) + [10] : Array(text(outcome, isSufficient).utf8)
            if let path = settings.report { try NewFile.write(report, to: path) } else { try? Files.write(report, to: STDERR_FILENO) }
            return isSufficient ? 0 : 1
        } catch {
            tell(text(outcome, isSufficient) + "error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }

    private func text(_ outcome: TraceOutcome, _ isSufficient: Bool) -> String {
        let proposal = outcome.proposal
        var text = "xsm-launch: TRACED: `\(name)` was NOT restricted by its filter: what the profile does not have was recorded, and done"
        text += proposal.method == .notification
            ? ", but for what is refused for good\n" : ", all of it; the kernel's log loses some when there are many, and tells no arguments\n"
        text += "xsm-launch: \(proposal.count) calls were looked at, difference from `\(profile.path)`:\n"
        text += proposal.differenceLines.map { $0 + "\n" }.joined()
        switch outcome.end {
        case .killed(SIGSYS): text += "xsm-launch: it was ended at a call of another architecture, which stays closed\n"
        case .killed(let signal): text += "xsm-launch: it was ended by signal \(signal)\n"
        case .exited(let status): text += "xsm-launch: it ended with status \(status)\n"
        case .lost, nil: text += "xsm-launch: how it ended is not known: its launcher did not tell\n"
        }
        let count = proposal.written.count
        text += isSufficient ? "xsm-launch: the profile sufficed\n" : "xsm-launch: the profile did not suffice\n"
        if let path = settings.output {
            text += "xsm-launch: `\(path)` is written" + (count == 0 ? ", as the profile is\n" : ": \(count) new line\(count == 1 ? "" : "s"), to be given reasons before any launch takes it\n")
        }
        return text
    }

    private func json(_ outcome: TraceOutcome, _ isSufficient: Bool) -> JSONValue {
        var object = JSONObject([
            JSONObject.Member("version", 1), JSONObject.Member("name", .string(name)), JSONObject.Member("profile", .string(profile.path)),
            JSONObject.Member("restricted", false),
        ])
        object["end"] =
            switch outcome.end {
            case .exited(let status): ["status": .integer(Int64(status))]
            case .killed(let signal): ["signal": .integer(Int64(signal))]
            case .lost, nil: .null
            }
        if case .object(let members) = outcome.proposal.json {
            for member in members.members { object[member.name] = member.value }
        }
        object["sufficient"] = .boolean(isSufficient)
        return .object(object)
    }
}
