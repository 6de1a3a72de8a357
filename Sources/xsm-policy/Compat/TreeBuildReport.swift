import Diagnostics
import Flask
import JSON
import PolicyAnalysis
import Reports

/// How `xsm-policy compat --each` tells what came of building a tree for each release.
struct TreeBuildReport: Report {
    let builds: [TreeBuild]

    func write(_ text: inout AnswerText) {
        for group in groups {
            text.line("built for \(CompatibilityAnswer.words(for: group.releases)): \(Self.text(group.outcome))")
        }
    }

    /// Neighbours whose builds load on the same releases, or fail alike.
    private var groups: [(releases: [String], outcome: TreeBuild.Outcome)] {
        var groups: [(releases: [String], outcome: TreeBuild.Outcome)] = []
        for build in builds {
            if let last = groups.last, Self.text(last.outcome) == Self.text(build.outcome) {
                groups[groups.count - 1].releases.append(build.release.description)
            } else {
                groups.append(([build.release.description], build.outcome))
            }
        }
        return groups
    }

    private static func text(_ outcome: TreeBuild.Outcome) -> String {
        switch outcome {
        case .builds(let names): names.isEmpty ? "no release loads it" : "loads on \(CompatibilityAnswer.words(for: names))"
        case .fails(let failure): "fails: \(message(failure))"
        }
    }

    /// Of a source the first error.
    private static func message(_ failure: InputFailure) -> String {
        guard case .source(let diagnostics, let map) = failure, let first = diagnostics.first(where: { $0.severity == .error }) else {
            return failure.message
        }
        var locations = SourceLocations(map)
        guard let place = locations.location(of: first.primary.start) else { return first.message }
        return "\(first.message) (\(place.file):\(place.line))"
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("builds", array: { json in
                for build in builds {
                    json.object { json in
                        json.member("release", build.release.description)
                        switch build.outcome {
                        case .builds(let names):
                            json.member("loadsOn", array: { json in
                                for name in names { json.value(name) }
                            })
                            json.member("reason", nil as String?)
                        case .fails(let failure):
                            json.member("loadsOn", array: { _ in })
                            json.member("reason", Self.message(failure))
                        }
                    }
                }
            })
        }
    }
}
