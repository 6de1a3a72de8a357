import Flask
import JSON
import PolicyAnalysis
import Reports

/// How `xsm-policy compat` tells which releases load a policy.
struct CompatReport: Report {
    let answer: CompatibilityAnswer
    /// Whether all changes are told, not only the first.
    let isDetailed: Bool
    /// Whether it is a tree that can be built for other releases.
    let canBeRebuilt: Bool

    // MARK: Text

    func write(_ text: inout AnswerText) {
        let groups = answer.groups.map { (name: CompatibilityAnswer.words(for: $0.map(\.release)), answer: $0[0]) }
        let width = 2 + (groups.map(\.name.count).max() ?? 0)
        let indent = String(repeating: " ", count: width)
        for (name, answer) in groups {
            text.append(name + String(repeating: " ", count: width - name.count))
            write(answer, indent, &text)
        }
        if canBeRebuilt, answer.releases.contains(where: { !$0.verdict.loadsRightly }) {
            text.line("the tree has no lists of classes: it is built for another release with `--xen-release`, and for all with `--each`")
        }
    }

    private func write(_ answer: ReleaseAnswer, _ indent: String, _ text: inout AnswerText) {
        switch answer.verdict {
        case .loads: text.line("loads")
        case .misreads(let misread):
            text.line("loads, and takes initial SIDs for others, without a word:")
            for sid in misread { write(sid, indent, &text) }
        case .refuses(let error):
            text.line("refused: \(error.reason)")
            for message in error.xenMessages { text.line("\(indent)(XEN) \(message)") }
        }
        let told = isDetailed ? answer.changes[...] : answer.changes.prefix(1)
        for change in told { text.line("\(indent)to do: \(change.text)") }
        if told.count < answer.changes.count {
            let count = answer.changes.count - told.count
            text.line("\(indent)and \(count) more change\(count == 1 ? "" : "s"): see `--on \(answer.release)`")
        }
        for remark in answer.remarks { text.line("\(indent)but \(remark.text)") }
    }

    private func write(_ sid: MisreadInitialSID, _ indent: String, _ text: inout AnswerText) {
        text.append("\(indent)\(sid.number) ")
        text.append(sid.name.map { "`\($0)`" } ?? "unknown to it")
        if let context = sid.context {
            text.append(sid.name == nil ? ": " : " gets ")
            text.append(context)
            if let intended = sid.intended { text.append(", which is for `\(intended)`") }
        } else {
            text.append(sid.isGivenAway ? " gets none: the number is given to the next new context" : " gets none, and is as `unlabeled`")
        }
        text.endLine()
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("target", answer.target.map { $0 == .xen ? "xen" : "selinux" })
            json.member("policyVersion", answer.version.map { Int($0) })
            json.member("loaded", answer.isLoaded)
            json.member("verdicts", array: { json in
                for answer in answer.releases { json.object { Self.write(answer, &$0) } }
            })
        }
    }

    private static func write(_ answer: ReleaseAnswer, _ json: inout JSONWriter) {
        json.member("release", answer.release)
        json.member("verdict", answer.verdict.word)
        switch answer.verdict {
        case .loads: break
        case .misreads(let misread):
            json.member("initialSids", array: { json in
                for sid in misread {
                    json.object { json in
                        json.member("number", Int(sid.number))
                        json.member("name", sid.name)
                        json.member("intended", sid.intended?.description)
                        json.member("context", sid.context?[...])
                        json.member("givenAway", sid.isGivenAway)
                    }
                }
            })
        case .refuses(let error):
            json.member("reason", error.reason)
            json.member("xenMessages", array: { json in
                for message in error.xenMessages { json.value(message) }
            })
        }
        json.member("changes", array: { json in
            for change in answer.changes {
                json.object { json in
                    json.member("kind", change.word)
                    json.member("text", change.text)
                }
            }
        })
        json.member("remarks", array: { json in
            for remark in answer.remarks {
                json.object { json in
                    json.member("kind", remark.word)
                    json.member("text", remark.text)
                }
            }
        })
    }
}
