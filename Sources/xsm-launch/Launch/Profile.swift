import Commands
import DMRestrict
import Files

/// A profile of system calls, by its file.
struct Profile {
    let path: String
    private let name: String
    let text: [UInt8]

    /// Where those are that are shipped, as seen from this program's folder.
    static let folders = [
        "../share/swift-xsm/devices/x86_64", "../../../Policies/devices/x86_64", "../../../../Policies/devices/x86_64",
        "/usr/share/swift-xsm/devices/x86_64",
    ]

    /// A file; a name without a folder that is none here is one of those that are shipped.
    init(at word: String) throws(CommandFailure) {
        let path = Files.exists(word) || word.contains("/") ? word : (try? Installed.path(of: word, in: Self.folders)) ?? word
        let contents: [UInt8]?
        do throws(FileError) {
            contents = try Files.contents(of: path)
        } catch {
            throw CommandFailure("the profile \(error.whyUnread)")
        }
        guard let text = contents else {
            let why = Files.isDirectory(path) ? "the profile `\(path)` is a folder" : "the profile \(FileError(missing: path).whyUnread)"
            throw CommandFailure(why + Self.shipped)
        }
        name = (path.split(separator: "/").last ?? "profile").split(separator: ".").first.map(String.init) ?? "profile"
        self.text = text
        self.path = path
    }

    /// What to say of those that can be named without a folder.
    private static var shipped: String {
        let found = Installed.folders(folders).lazy.compactMap { Files.entries(of: $0) }.first ?? []
        let names = found.filter { $0.hasSuffix(".policy") }.map { "`\($0)`" }
        return names.isEmpty
            ? "; none is installed: those of `Policies/devices` are looked for beside this program's build, and at \(folders.last ?? "")"
            : "; those that are installed are \(names.joined(separator: ", "))"
    }

    /// What it says.
    func parsed() throws(CommandFailure) -> SystemCallProfile {
        do throws(ProfileMistake) {
            return try SystemCallProfile(name: name, text: text)
        } catch {
            throw CommandFailure("\(path)\(error.line > 0 ? ":\(error.line)" : ""): \(error.text)")
        }
    }

    /// The filter of a phase, as it was made before or anew.
    func filter(_ phase: SystemCallProfile.Phase, _ refusal: FilterAction) throws(CommandFailure) -> SystemCallFilter {
        let cache = FilterCache.ofThisHost
        if let filter = cache.filter(named: name, of: text, phase, otherwise: refusal) { return filter }
        let profile = try parsed()
        do throws(FilterFailure) {
            let filter = try profile.filter(phase, otherwise: refusal)
            cache.keep(filter, of: text, phase, otherwise: refusal)
            return filter
        } catch {
            throw failure(error)
        }
    }

    func failure(_ failure: FilterFailure) -> CommandFailure { CommandFailure(path + failure.text) }
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
