import AuditAnalysis
import Diagnostics
import Flask
public import JSON
import PolicyReports

extension SuggestReport {
    public func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("suggestions", array: { json in
                for suggestion in found.suggestions { json.object { Self.write(suggestion, &$0) } }
            })
            json.member("withoutSuggestion", array: { json in
                for entry in found.withoutSuggestion { json.object { Self.write(entry, &$0) } }
            })
            Self.write("alreadyAllowed", found.allowed, &json)
            json.key("combined")
            if let patch = found.patch {
                json.object { json in
                    json.member("patch", patch.bytes[...])
                    json.member("suggestions", array: { json in for place in patch.suggestions { json.value(place) } })
                    Self.write("stillDenied", patch.stillDenied, &json)
                    Self.write(patch.effects, &json)
                }
            } else {
                json.null()
            }
            json.member("omissions", array: { json in for omission in found.omissions { json.value(omission) } })
            json.member("untold", Int(clamping: untold))
        }
    }

    private static func write(_ suggestion: Suggestion, _ json: inout JSONWriter) {
        switch suggestion.change {
        case .call(let name, let arguments, let definition):
            json.member("kind", "call")
            json.member("interface", name)
            json.member("arguments", array: { json in for argument in arguments { json.value(argument) } })
            json.member("definedIn", definition)
        case .rules: json.member("kind", "rules")
        case .booleans(let settings):
            json.member("kind", "booleans")
            ObstacleReport.write(settings, &json)
        }
        json.member("count", Int(clamping: suggestion.count))
        json.member("insertions", array: { json in
            for lines in suggestion.lines {
                json.object { json in
                    json.member("file", lines.file)
                    json.member("behindLine", lines.line)
                    json.member("lines", array: { json in for line in lines.text { json.value(line) } })
                }
            }
        })
        json.member("patch", suggestion.patch?[...])
        write("allows", suggestion.allows, &json)
        json.member("alsoAllows", array: { json in
            for access in suggestion.alsoAllows { json.object { write(access, &$0) } }
        })
        json.member("alsoAllowsCount", suggestion.alsoAllowsCount)
        json.member("madeTypes", array: { json in
            for made in suggestion.madeTypes {
                json.object { json in
                    json.member("type", made.type.description)
                    json.member("transition", made.transition[...])
                    write(made.place, &json)
                }
            }
        })
        write(suggestion.effects, &json)
        json.member("alternatives", array: { json in
            for other in suggestion.alternatives { json.object { write(other, &$0) } }
        })
    }

    private static func write(_ access: GrantedAccess, _ json: inout JSONWriter) {
        func names(_ key: String, _ names: [Name], _ json: inout JSONWriter) {
            json.member(key, array: { json in for name in names { json.value(name.description) } })
        }
        names("sources", access.sources, &json)
        names("targets", access.targets, &json)
        json.member("sourceAttribute", access.sourceAttribute?.description)
        json.member("targetAttribute", access.targetAttribute?.description)
        json.member("class", access.objectClass.description)
        names("permissions", access.permissions, &json)
        json.member("expression", access.condition)
    }

    private static func write(_ effects: SuggestionEffects, _ json: inout JSONWriter) {
        json.member("brokenAssertions", array: { json in
            for broken in effects.broken {
                json.object { json in
                    json.member("test", broken.test)
                    json.member("assertion", broken.assertion)
                    json.member("flow", broken.isFlow)
                    json.member("failure", broken.failure)
                }
            }
        })
        json.member("flows", array: { json in
            for flow in effects.flows {
                json.object { json in
                    json.member("from", flow.source.description)
                    json.member("to", flow.target.description)
                    json.member("wasIndirect", flow.wasIndirect)
                }
            }
        })
        json.member("effectsCut", effects.isCut)
    }

    private static func write(_ key: String, _ accesses: [DeniedAccess], _ json: inout JSONWriter) {
        json.member(key, array: { json in
            for access in accesses { json.object { write(access, &$0) } }
        })
    }

    private static func write(_ access: DeniedAccess, _ json: inout JSONWriter) {
        json.member("source", access.source[...])
        json.member("target", access.target[...])
        json.member("class", access.objectClass.description)
        json.member("permissions", array: { json in for permission in access.permissions { json.value(permission.description) } })
        json.member("count", Int(clamping: access.count))
    }

    /// Where the source says something, as the member `place`; null where it does not.
    private static func write(_ place: SourceLocation?, _ json: inout JSONWriter) {
        json.key("place")
        guard let place else { return json.null() }
        json.object { json in
            json.member("file", place.file)
            json.member("line", place.line)
            json.member("column", place.column)
        }
    }

    private static func write(_ entry: UnsuggestedAccess, _ json: inout JSONWriter) {
        write(entry.access, &json)
        json.member("reasons", array: { json in
            for reason in entry.reasons {
                json.object { json in
                    json.member("kind", reason.kind)
                    json.member("text", reason.message)
                    json.member("advice", reason.advice)
                    write(reason.place, &json)
                }
            }
        })
    }
}
