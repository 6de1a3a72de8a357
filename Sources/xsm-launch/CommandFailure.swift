import DMRestrict
import Files

/// Why a command could not be done.
struct CommandFailure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

extension LaunchArguments {
    /// The plan for what is asked for, on this host.
    func plan() throws(CommandFailure) -> RestrictionPlan {
        var request = request
        request.descriptors = [
            KeptDescriptor(0, "standard input"), KeptDescriptor(1, "standard output"), KeptDescriptor(2, "standard error"),
        ]
        if let profile { request.filter = try Self.filter(profile, refusal) }
        do throws(PlanMistake) {
            return try RestrictionPlan(for: request, on: HostAbilities.ofThisHost())
        } catch {
            throw CommandFailure(error.text)
        }
    }

    /// The filter with which a program begins, by the profile in a file.
    static func filter(_ path: String, _ refusal: FilterAction) throws(CommandFailure) -> SystemCallFilter {
        let contents: [UInt8]?
        do throws(FileError) {
            contents = try Files.contents(of: path)
        } catch {
            throw CommandFailure("the profile cannot be read: \(error)")
        }
        guard let text = contents else { throw CommandFailure("there is no profile `\(path)`") }
        let name = (path.split(separator: "/").last ?? "profile").split(separator: ".").first.map(String.init) ?? "profile"
        let profile: SystemCallProfile
        do throws(ProfileMistake) {
            profile = try SystemCallProfile(name: name, text: text)
        } catch {
            throw CommandFailure("\(path)\(error.line > 0 ? ":\(error.line)" : ""): \(error.text)")
        }
        do throws(FilterFailure) {
            return try profile.filter(.start, otherwise: refusal)
        } catch {
            throw CommandFailure(path + error.text)
        }
    }
}

extension FilterFailure {
    /// What is wrong, behind the profile's path.
    fileprivate var text: String {
        switch self {
        case .refused(let number, let rule):
            let place = rule.map { ":\($0.line): `\($0.name)`" } ?? ""
            return "\(place): libseccomp makes no filter of it: \(FileError(path: "", number: number).reason)"
        case .orderedAlternative(let rule):
            return ":\(rule.line): `\(rule.name)` has other lines, and this one compares by order: use `==`, `in` or `&`"
        case .unfaithful(let difference):
            let name = difference.name ?? "\(difference.number)"
            return ": libseccomp makes a filter of the lines for `\(name)` that does something else: write them without overlaps"
        case .malformed(let mistake): return ": libseccomp makes what is no filter: \(mistake)"
        }
    }
}

extension PlanMistake {
    /// What is wrong, and what to do about it.
    var text: String {
        switch self {
        case .isRoot: "a device model does not run as root: name another user with `--user`"
        case .badPath(let path): "`\(path)` is no path that can be bound: it begins with `/` and has no `.` or `..`"
        case .badDescriptor(let number): "descriptor \(number) is named twice, or is no number from 0 to 63"
        case .unknownStep(let name): "there is no step `\(name)` to be waived: `xsm-launch plan` names them"
        case .cannot(let step, let reason): "this host cannot do the step `\(step)`: \(reason); do without it by `--waive \(step)=REASON`"
        case .noFilter: "there is no profile of system calls: name one with `--profile`, or do without by `--waive seccomp=REASON`"
        }
    }
}
