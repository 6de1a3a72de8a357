import Flask
import JSON
import PolicyAnalysis
import Reports

/// How `xsm-policy info` tells what it knows.
enum InfoReport: Report {
    case summary(PolicySummary)
    case lists([List], isExpanded: Bool)

    struct List {
        let kind: InventoryKind
        let entries: [InventoryEntry]
    }

    func write(_ text: inout AnswerText) {
        switch self {
        case .summary(let summary): Self.write(summary, &text)
        case .lists(let lists, let isExpanded): for list in lists { Self.write(list, isExpanded, &text) }
        }
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            switch self {
            case .summary(let summary): Self.write(summary, &json)
            case .lists(let lists, _):
                json.member("lists", array: { json in
                    for list in lists { Self.write(list, &json) }
                })
            }
        }
    }

    // MARK: The policy as a whole

    private static func write(_ summary: PolicySummary, _ text: inout AnswerText) {
        text.line("target: \(summary.target == .xen ? "Xen" : "SELinux")")
        text.line("version: \(summary.version)")
        text.line("MLS: \(summary.isMLS ? "yes" : "no")")
        text.line("handle_unknown: \(summary.handleUnknown.word)")
        text.line("read from: \(summary.form.rawValue)")
        for count in summary.counts { text.line("\(count.what): \(count.count)") }
        if !summary.capabilities.isEmpty {
            text.endLine()
            for name in summary.capabilities { text.line("policycap \(name);") }
        }
        if !summary.booleans.isEmpty {
            text.endLine()
            for boolean in summary.booleans { text.line("bool \(boolean.name) \(boolean.value ? "true" : "false");") }
        }
        if !summary.initialSIDs.isEmpty {
            text.endLine()
            if let release = summary.release { text.line("# initial SIDs by their names in Xen \(release)") }
            for sid in summary.initialSIDs {
                text.append("sid \(sid.name) ")
                text.append(sid.context)
                text.endLine()
            }
        }
    }

    private static func write(_ summary: PolicySummary, _ json: inout JSONWriter) {
        json.member("target", summary.target == .xen ? "xen" : "selinux")
        json.member("policyVersion", Int(summary.version))
        json.member("mls", summary.isMLS)
        json.member("handleUnknown", summary.handleUnknown.word)
        json.member("form", summary.form.rawValue)
        json.member("counts", object: { json in
            for count in summary.counts { json.member(count.what, count.count) }
        })
        json.member("capabilities", array: { json in
            for name in summary.capabilities { json.value(name) }
        })
        json.member("booleans", object: { json in
            for boolean in summary.booleans { json.member(boolean.name.description, boolean.value) }
        })
        json.member("release", summary.release?.description)
        json.member("initialSids", array: { json in
            for sid in summary.initialSIDs {
                json.object { json in
                    json.member("number", Int(sid.number))
                    json.member("name", sid.name.description)
                    json.member("context", sid.context[...])
                }
            }
        })
    }

    // MARK: Lists

    private static func write(_ list: List, _ isExpanded: Bool, _ text: inout AnswerText) {
        for entry in list.entries {
            guard isExpanded || list.kind.isTextOnly else {
                text.append(entry.name.bytes)
                text.endLine()
                continue
            }
            text.append(entry.text)
            text.endLine()
            guard list.kind == .attributes else { continue }
            for name in entry.members.flatMap(\.names) {
                text.append("    ")
                text.append(name.bytes)
                text.endLine()
            }
        }
    }

    private static func write(_ list: List, _ json: inout JSONWriter) {
        json.object { json in
            json.member("kind", list.kind.rawValue)
            json.member("entries", array: { json in
                for entry in list.entries { json.object { write(entry, &$0) } }
            })
        }
    }

    private static func write(_ entry: InventoryEntry, _ json: inout JSONWriter) {
        json.member("name", entry.name.description)
        json.member("statement", entry.text[...])
        for members in entry.members {
            json.member(members.what, array: { json in
                for name in members.names { json.value(name.description) }
            })
        }
    }
}

extension InventoryKind {
    /// Whether a name says too little: such statements are shown whole.
    fileprivate var isTextOnly: Bool {
        switch self {
        case .types, .attributes, .aliases, .classes, .commons, .roles, .users, .booleans, .sensitivities, .categories, .permissive, .neveraudit,
            .capabilities:
            false
        default: true
        }
    }
}
