/// Which operations of the hypervisor ask for which permission: a table that comes with the library.
///
/// A line is `CLASS PERMISSION HYPERCALL: OPERATIONS | HOOK DEFAULT, … | SOURCE > TARGET`, the lines behind it that are indented are its note, and
/// `none CLASS PERMISSION | REASON` says why there is no operation. `#` at the beginning of a line begins a comment.
public struct PermissionHypercalls: Sendable {
    private struct Key: Hashable {
        let objectClass: String
        let permission: String
    }

    /// All operations, in the table's order.
    public private(set) var operations: [HypercallOperation] = []
    private var places: [Key: [Int]] = [:]
    private var reasons: [Key: String] = [:]

    /// The table that comes with the library.
    public static let standard = (try? PermissionHypercalls(Array(table.utf8))) ?? PermissionHypercalls()

    /// That table as a user reads it.
    public static var text: String { table }

    private init() {}

    /// What asks for a permission, in the table's order; empty where it knows none.
    public func operations(ofClass objectClass: String, _ permission: String) -> [HypercallOperation] {
        (places[Key(objectClass: objectClass, permission: permission)] ?? []).map { operations[$0] }
    }

    /// Why nothing asks for a permission in the release that the table is about; nil where something does, and for names that it does not know.
    public func absence(ofClass objectClass: String, _ permission: String) -> String? {
        reasons[Key(objectClass: objectClass, permission: permission)]
    }

    /// All permissions without an operation, each as `CLASS PERMISSION`, in order.
    public var absences: [String] { reasons.keys.map { "\($0.objectClass) \($0.permission)" }.sorted() }

    // MARK: Reading

    /// More bytes than these nobody has written by hand.
    public static let maximumLength = 1 << 22

    /// Reads a table. Throws ``PermissionHypercallsMistake`` at the first line that is none.
    public init(_ text: [UInt8]) throws(PermissionHypercallsMistake) {
        guard text.count <= Self.maximumLength else {
            throw PermissionHypercallsMistake(line: 0, reason: "it is longer than \(Self.maximumLength >> 20) MiB")
        }
        var note: [String] = []
        for (index, bytes) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = String(decoding: bytes, as: UTF8.self)
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            guard let first = words.first, !line.hasPrefix("#") else { continue }
            if line.hasPrefix(" ") || line.hasPrefix("\t") {
                guard !operations.isEmpty else { throw PermissionHypercallsMistake(line: index + 1, reason: "there is no line that it could be a note to") }
                note.append(words.joined(separator: " "))
                continue
            }
            attach(&note)
            if first == "none" {
                try readAbsence(words, index + 1)
            } else {
                try readOperation(words, index + 1)
            }
        }
        attach(&note)
    }

    /// Notes follow what they are about.
    private mutating func attach(_ note: inout [String]) {
        guard !note.isEmpty, !operations.isEmpty else { return }
        operations[operations.count - 1].note = note.joined(separator: " ")
        note = []
    }

    private mutating func readAbsence(_ words: [String], _ line: Int) throws(PermissionHypercallsMistake) {
        guard words.count > 4, words[3] == "|" else {
            throw PermissionHypercallsMistake(line: line, reason: "a permission without operations is `none CLASS PERMISSION | REASON`")
        }
        let key = Key(objectClass: words[1], permission: words[2])
        guard places[key] == nil, reasons.updateValue(words[4...].joined(separator: " "), forKey: key) == nil else {
            throw PermissionHypercallsMistake(line: line, reason: "`\(words[1]) \(words[2])` has a line already")
        }
    }

    private mutating func readOperation(_ words: [String], _ line: Int) throws(PermissionHypercallsMistake) {
        let parts = words.dropFirst(2).split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty else {
            throw PermissionHypercallsMistake(
                line: line, reason: "a line is `CLASS PERMISSION HYPERCALL: OPERATIONS | HOOK DEFAULT, … | SOURCE > TARGET`")
        }
        let key = Key(objectClass: words[0], permission: words[1])
        guard reasons[key] == nil else {
            throw PermissionHypercallsMistake(line: line, reason: "`\(words[0]) \(words[1])` was said to have no operation")
        }
        let call = parts[0].joined(separator: " ")
        var operations: [String] = []
        var hypercall = call
        if let colon = call.firstIndex(of: ":") {
            hypercall = String(call[..<colon])
            operations = Self.list(call[call.index(after: colon)...])
        }
        let sides = parts[2].split(separator: ">", omittingEmptySubsequences: false).map { $0.joined(separator: " ") }
        guard sides.count == 2, let source = AccessParty(sides[0]), let target = AccessParty(sides[1]) else {
            throw PermissionHypercallsMistake(line: line, reason: "`\(parts[2].joined(separator: " "))` does not say `SOURCE > TARGET`")
        }
        places[key, default: []].append(self.operations.count)
        self.operations.append(
            HypercallOperation(
                objectClass: key.objectClass, permission: key.permission, hypercall: hypercall, operations: operations,
                hooks: try Self.hooks(parts[1].joined(separator: " "), line), source: source, target: target, note: ""))
    }

    private static func hooks(_ text: String, _ line: Int) throws(PermissionHypercallsMistake) -> [HypercallOperation.Hook] {
        var hooks: [HypercallOperation.Hook] = []
        for entry in list(text[...]) {
            let words = entry.split(separator: " ")
            guard words.count == 2, let withoutFlask = HookDefault(rawValue: String(words[1])) else {
                throw PermissionHypercallsMistake(line: line, reason: "`\(entry)` is no hook: one is its name and what it decides without Flask, such as `XSM_PRIV`")
            }
            hooks.append(HypercallOperation.Hook(name: String(words[0]), withoutFlask: withoutFlask))
        }
        guard !hooks.isEmpty else { throw PermissionHypercallsMistake(line: line, reason: "it names no hook") }
        return hooks
    }

    private static func list(_ text: Substring) -> [String] {
        text.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
    }
}
