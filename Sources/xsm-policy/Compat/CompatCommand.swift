import Arguments
import Commands
import PolicyAnalysis
import PolicyCompiler
import PolicyReports
import Reports
import SourceFiles

/// `xsm-policy compat`: which releases of Xen load a policy.
struct CompatCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] POLICY",
        about: """
            Which releases of Xen load POLICY. Of those that do not: the first reason, in our words
            and in those that Xen prints, and the change to be made. Xen does not look at initial
            SIDs: it is told where it would take the context of one for another. A tree is built
            once, as `--xen-release` says or for the newest release; with `--each` it is built for
            all releases.
            """,
        examples: [
            "does this host's hypervisor load it?":
                "xsm-policy compat --on 4.17 xenpolicy",
            "does the tree build for every release?":
                "xsm-policy compat --each Policies/reference",
        ],
        statuses: ["0": "one loads it rightly; with `--on` that one; with `--each` each what is built for it", "1": "none does", "2": "it cannot be told"])

    private var file = PolicyFile("-")
    private var releases: [ReleaseTables]?
    private var buildsEach = false

    mutating func set(_ option: CompatOption, to value: String) throws(UsageError) {
        switch option {
        case .each: buildsEach = true
        case .on:
            guard let tables = ReleaseTables(named: value) else {
                let names = ReleaseTables.all.map(\.name)
                throw UsageError(message: "`\(value)` is no known release of Xen: they are \(CompatibilityAnswer.words(for: names))")
            }
            releases = [tables]
        }
    }

    static func kind(of option: CompatOption) -> WordKind { .choice(ReleaseTables.all.map(\.name)) }

    mutating func take(_ operands: [String]) throws(UsageError) {
        file = try PolicyFile(only: operands)
        guard buildsEach else { return }
        guard releases == nil else { throw UsageError(message: "`--each` is about all releases: leave `--on` out, or name it as `--xen-release`") }
        guard file.isFolder else {
            throw UsageError(message: "`--each` needs a policy tree, which can be built for several releases: `\(file.path)` is none")
        }
    }

    func run(_ input: InputOptions, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        if buildsEach { return try build(input, format) }
        let answer = try answer(input)
        let report = CompatReport(answer: answer, isDetailed: releases != nil, canBeRebuilt: canBeRebuilt)
        return CommandAnswer(answer.isLoaded ? .answered : .otherOutcome, report, format)
    }

    private var canBeRebuilt: Bool {
        guard file.isFolder, let tree = try? PolicyTree(at: file.path, reader: FileSystemReader()) else { return false }
        return tree.needsVocabulary
    }

    private func answer(_ input: InputOptions) throws(CommandFailure) -> CompatibilityAnswer {
        do throws(InputFailure) {
            return try file.policy(input).compatibility(with: releases ?? ReleaseTables.all)
        } catch {
            // An image that says by its first words that it is for nobody is an answer too.
            guard case .image(_, let mistake) = error,
                let answer = CompatibilityAnswer(unreadable: mistake, releases: releases ?? ReleaseTables.all)
            else { throw .policy(error) }
            return answer
        }
    }

    private func build(_ input: InputOptions, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        do throws(InputFailure) {
            let builds = try TreeBuild.all(ofTreeAt: file.path, reader: FileSystemReader(), options: input)
            return CommandAnswer(builds.allSatisfy(\.isRight) ? .answered : .otherOutcome, TreeBuildReport(builds: builds), format)
        } catch {
            throw .policy(error)
        }
    }
}
