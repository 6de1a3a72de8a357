public import Flask

extension AuditRecord {
    /// A record with any of the parts that one may have, many of them odd.
    public static func random(_ random: inout SplitMix64) -> AuditRecord {
        func maybe<Value>(_ value: @autoclosure () -> Value) -> Value? { Bool.random(using: &random) ? value() : nil }
        func number() -> UInt64 { UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0...63, using: &random) }
        func domain() -> DomainIdentifier {
            [.io, .xen, .copyOnWrite, .idle, DomainIdentifier(rawValue: UInt16.random(in: 0...12, using: &random))].randomElement(using: &random)!
        }
        func context() -> AuditRecord.Context {
            if Int.random(in: 0..<4, using: &random) == 0 { return .identifier(.init(rawValue: UInt32(truncatingIfNeeded: number()))) }
            return .text(Array(["u:r:t", "u:object_r:a b:s0", "", "\u{fc}:x:tclass"].randomElement(using: &random)!.utf8))
        }
        let objects: [AuditObject?] = [
            nil, .device(number()), .interrupt(Int32(truncatingIfNeeded: number())), .range(number(), number()),
            .memory(entry: number(), frame: number()), .deviceTreeNode(Array("/a/b".utf8)),
        ]
        return AuditRecord(
            verdict: .allCases.randomElement(using: &random)!, permissions: ["map_read", "use", "a"].filter { _ in Bool.random(using: &random) },
            unnamedPermissions: maybe(UInt32(truncatingIfNeeded: number())) ?? 0,
            subject: AuditSubject(
                source: maybe(domain()), target: maybe(domain()), current: maybe(domain()),
                object: objects.randomElement(using: &random)!),
            source: context(), target: context(), objectClass: "mmu")
    }
}
