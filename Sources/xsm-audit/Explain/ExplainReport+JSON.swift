import AuditAnalysis
import AuditLog
import AuditReports
import Flask
import JSON
import PolicyAnalysis
import PolicyReports

extension ExplainReport {
    func write(_ json: inout JSONWriter) {
        let names = policy.map { StatementNames($0.policy) }
        json.object { json in
            json.member("version", 1)
            CauseReport.write("releases", origin.releases, &json)
            CauseReport.write(mismatch, &json)
            json.member("omitted", omitted)
            json.member("decisions", array: { json in for entry in entries { json.object { write(entry, names, &$0) } } })
        }
    }

    private func write(_ entry: Entry, _ names: StatementNames?, _ json: inout JSONWriter) {
        Self.write(entry.cell, log, &json)
        json.member("decision", entry.explanation.verdict.rawValue)
        json.member("permissive", entry.explanation.isPermissive)
        json.member("permissions", array: { json in for permission in entry.explanation.permissions { json.object { Self.write(permission, names, &$0) } } })
        CauseReport.write(entry.explanation.causes, names, &json)
        for (key, origins) in [("sourceOrigins", entry.explanation.sourceOrigins), ("targetOrigins", entry.explanation.targetOrigins)] {
            if let names { ObstacleReport.write(key, origins, names, &json) } else { json.member(key, array: { _ in }) }
        }
    }

    /// What the lines say, how often, and where.
    static func write(_ cell: DenialCell, _ log: LogReport, _ json: inout JSONWriter) {
        json.member("verdict", cell.record.verdict.rawValue)
        json.member("source", LogReport.bytes(cell.record.source)[...])
        json.member("target", LogReport.bytes(cell.record.target)[...])
        json.member("class", cell.record.objectClass.bytes[...])
        json.member("unnamedPermissions", Int(cell.record.unnamedPermissions))
        json.member("count", Int(clamping: cell.count))
        json.member("first", object: { log.write(cell.first, &$0) })
        json.member("last", object: { log.write(cell.last, &$0) })
        log.write(cell.domains, &json)
        json.member("otherDomains", Int(clamping: cell.otherDomains))
        json.member("objects", array: { json in for object in cell.objects { json.value(object.words) } })
        json.member("hasMoreObjects", cell.hasMoreObjects)
    }

    private static func write(_ permission: DenialExplanation.Permission, _ names: StatementNames?, _ json: inout JSONWriter) {
        json.member("name", permission.name.bytes[...])
        json.member("decision", permission.verdict.rawValue)
        json.member("operations", array: { json in for operation in permission.operations { json.object { write(operation, &$0) } } })
        json.member("absence", permission.absence)
        CauseReport.write("releases", permission.releases, &json)
        CauseReport.write(permission.causes, names, &json)
    }

    private static func write(_ operation: HypercallOperation, _ json: inout JSONWriter) {
        json.member("hypercall", operation.hypercall)
        json.member("operations", array: { json in for name in operation.operations { json.value(name) } })
        json.member("hooks", array: { json in
            for hook in operation.hooks {
                json.object { json in
                    json.member("name", hook.name)
                    json.member("withoutFlask", hook.withoutFlask.rawValue)
                }
            }
        })
        json.member("source", operation.source.description)
        json.member("target", operation.target.description)
        json.member("note", operation.note.isEmpty ? nil : operation.note)
    }
}
