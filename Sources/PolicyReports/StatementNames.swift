public import Flask
public import JSON
public import PolicyAnalysis
import PolicyCompiler

/// The parts of a statement, by their names.
public struct StatementNames: Sendable {
    private let names: PolicyNames

    public init(_ policy: Policy) {
        names = PolicyNames(policy)
    }

    public func write(_ statement: PolicyStatement, _ json: inout JSONWriter) {
        switch statement {
        case .rule(let rule):
            write(source: names.type(rule.source), target: names.type(rule.target), rule.objectClass, &json)
            if rule.kind.isType { json.member("result", names.type(rule.data).description) }
            if rule.kind == .typeTransition { json.member("fileName", nil as String?) }
            if rule.kind.isAccessVector { write(rule.kind == .auditDeny ? ~rule.data : rule.data, rule.objectClass, &json) }
        case .filenameTransition(let transition, let source, let type):
            write(source: names.type(source), target: names.type(transition.target), transition.objectClass, &json)
            json.member("result", names.type(type).description)
            json.member("fileName", transition.name.description)
        case .rangeTransition(let transition):
            write(source: names.type(transition.source), target: names.type(transition.target), transition.objectClass, &json)
        case .roleTransition(let transition):
            write(source: names.role(transition.role), target: names.type(transition.type), transition.objectClass, &json)
            json.member("result", names.role(transition.newRole).description)
        case .roleAllow(let allow):
            json.member("source", names.role(allow.role).description)
            json.member("target", names.role(allow.newRole).description)
        case .constraint(let constraint, let objectClass, _):
            json.member("class", names.objectClass(objectClass).description)
            if constraint.permissions != 0 { write(constraint.permissions, objectClass, &json) }
        case .initialSID(let initial): json.member("number", Int(initial.sid))
        case .interrupt(let entry): json.member("number", Int(entry.number))
        case .ioPorts(let entry): write(UInt64(entry.low), UInt64(entry.high), &json)
        case .ioMemory(let entry): write(entry.low, entry.high, &json)
        case .pciDevice(let entry): json.member("number", Int(entry.address))
        case .deviceTreeNode(let entry): json.member("path", entry.path.description)
        }
    }

    private func write(source: Name, target: Name, _ objectClass: some BinaryInteger, _ json: inout JSONWriter) {
        json.member("source", source.description)
        json.member("target", target.description)
        json.member("class", names.objectClass(objectClass).description)
    }

    private func write(_ vector: UInt32, _ objectClass: some BinaryInteger, _ json: inout JSONWriter) {
        json.member("permissions", array: { json in
            for name in names.permissions(vector, ofClass: objectClass) { json.value(name.bytes[...]) }
        })
    }

    /// As strings: numbers of JSON have 53 bits for many readers.
    private func write(_ low: UInt64, _ high: UInt64, _ json: inout JSONWriter) {
        json.member("low", "0x" + String(low, radix: 16))
        json.member("high", "0x" + String(high, radix: 16))
    }
}
