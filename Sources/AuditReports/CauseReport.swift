public import AuditAnalysis
public import Flask
public import JSON
import PolicyAnalysis
public import PolicyReports
public import Reports

/// How a cause is told, with the statements that it is about.
public enum CauseReport {
    public static func write(_ cause: DenialCause, indented indent: String, _ text: inout AnswerText) {
        text.line(indent + cause.text)
        let within = indent + "    "
        switch cause {
        case .boolean(let remedy): StatementReport.write(remedy.rule, indented: within, &text)
        case .constraint(let entry, _), .mls(let entry, _): StatementReport.write(entry, indented: within, &text)
        case .allowedNow(let rules): for entry in rules { StatementReport.write(entry, indented: within, &text) }
        case .labelledOtherwise(_, _, let entry?): StatementReport.write(entry, indented: within, &text)
        case .bounds(_, _, let places?), .neverAllow(let places): for place in places { StatementReport.write(place, indented: within + "# ", &text) }
        default: break
        }
    }

    public static func write(_ causes: [DenialCause], _ names: StatementNames?, _ json: inout JSONWriter) {
        json.member("causes", array: { json in
            for cause in causes {
                json.object { json in
                    json.member("kind", cause.kind.rawValue)
                    json.member("text", cause.text)
                    write(cause, names, &json)
                }
            }
        })
    }

    private static func write(_ cause: DenialCause, _ names: StatementNames?, _ json: inout JSONWriter) {
        func statement(_ key: String, _ entry: SearchAnswer.Entry?, _ json: inout JSONWriter) {
            json.key(key)
            guard let entry, let names else { return json.null() }
            json.object { StatementReport.write(entry, names, &$0) }
        }
        switch cause {
        case .boolean(let remedy):
            statement("rule", remedy.rule, &json)
            ObstacleReport.write(remedy.settings, &json)
            json.member("suffices", remedy.suffices)
        case .constraint(let entry, let failing), .mls(let entry, let failing):
            statement("constraint", entry, &json)
            ObstacleReport.write(failing, &json)
        case .bounds(let source, let target, let places):
            json.member("source", source.bytes[...])
            json.member("target", target.bytes[...])
            StatementReport.write(places, &json)
        case .roleAllow(let from, let to):
            json.member("from", from.bytes[...])
            json.member("to", to.bytes[...])
        case .neverAllow(let places): StatementReport.write(places, &json)
        case .allowedNow(let rules): if let names { ObstacleReport.write("rules", rules, names, &json) }
        case .permissive(let type): json.member("type", type.bytes[...])
        case .unknownContext(let side, let text, let mistake):
            json.member("side", side.rawValue)
            json.member("context", text[...])
            var (name, nearest): (String?, [String]) = (nil, [])
            if case .unknown(_, let unknown, let others) = mistake { (name, nearest) = (unknown, others) }
            json.member("name", name)
            json.member("nearest", array: { json in for name in nearest { json.value(name) } })
        case .unknownClass(let name, let nearest, let releases), .unknownPermission(let name, let nearest, let releases):
            json.member("name", name.bytes[...])
            json.member("nearest", array: { json in for name in nearest { json.value(name) } })
            write("releases", releases, &json)
        case .noContext(let side, let sid, let meanings):
            json.member("side", side.rawValue)
            json.member("number", Int(Int32(bitPattern: sid.rawValue)))
            json.member("initialSids", array: { json in
                for meaning in meanings {
                    json.object { json in
                        json.member("name", meaning.name)
                        write("releases", meaning.releases, &json)
                    }
                }
            })
        case .unnamedBits(let bits):
            json.member("bits", array: { json in
                for bit in bits {
                    json.object { json in
                        json.member("bit", bit.bit)
                        json.member("policyName", bit.policyName?.bytes[...])
                        json.member("names", array: { json in
                            for meaning in bit.meanings {
                                json.object { json in
                                    json.member("name", meaning.name)
                                    write("releases", meaning.releases, &json)
                                }
                            }
                        })
                    }
                }
            })
        case .unlabelled(let side): json.member("side", side.rawValue)
        case .unlabelledHardware(let device, let initialSID, let statement):
            json.member("device", device.description)
            json.member("initialSid", initialSID)
            json.member("statement", statement[...])
        case .labelledOtherwise(let device, let context, let entry):
            json.member("device", device.description)
            json.member("context", context[...])
            statement("statement", entry, &json)
        case .misreadInitialSID(let expected, let found, let releases):
            json.member("expected", expected)
            json.member("found", array: { json in for name in found { json.value(name.bytes[...]) } })
            write("releases", releases, &json)
        case .otherRelease(let mismatch): write(mismatch, &json)
        case .missingRule, .noPermissions, .undecidable: break
        }
    }

    public static func write(_ key: String, _ releases: [XenRelease], _ json: inout JSONWriter) {
        json.member(key, array: { json in for release in releases { json.value(release.description) } })
    }

    /// What a log and a policy disagree about, as the member `mismatch`; null where they do not.
    public static func write(_ mismatch: ReleaseMismatch?, _ json: inout JSONWriter) {
        json.key("mismatch")
        guard let mismatch else { return json.null() }
        json.object { json in
            write("logReleases", mismatch.logReleases, &json)
            write("policyReleases", mismatch.policyReleases, &json)
            json.member("signs", array: { json in for sign in mismatch.signs { json.value(sign.text) } })
        }
    }
}
