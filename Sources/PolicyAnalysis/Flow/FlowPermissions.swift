public import Flask

/// Which way information goes by each permission: a table that a file may replace.
///
/// A line is `CLASS PERMISSION` and then `none`, or one or more of `read`, `write`, `both` with a weight from 1 to 10 behind it, 10
/// where there is none. `#` begins a comment. A class that is called `*` stands for all that do not name the permission themselves, a
/// permission that is called `*` for all of the class that no line names.
public struct FlowPermissions: Hashable, Sendable {
    private struct Key: Hashable {
        let objectClass: Name
        let permission: Name
    }

    private var weights: [Key: FlowWeights] = [:]

    /// More bytes than these nobody has written by hand.
    public static let maximumLength = 1 << 22

    /// Reads a table. Throws ``FlowPermissionsMistake`` at the first line that is none.
    public init(_ text: [UInt8]) throws(FlowPermissionsMistake) {
        guard text.count <= Self.maximumLength else {
            throw FlowPermissionsMistake(line: 0, reason: "it is longer than \(Self.maximumLength >> 20) MiB")
        }
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let said = line.prefix { $0 != UInt8(ascii: "#") }
            let words = said.split { [0x20, 0x09, 0x0d].contains($0) }
            guard !words.isEmpty else { continue }
            guard words.count >= 3 else {
                throw FlowPermissionsMistake(line: index + 1, reason: "a line is `CLASS PERMISSION read|write|both|none [WEIGHT]`")
            }
            let key = Key(objectClass: Name(bytes: Array(words[0])), permission: Name(bytes: Array(words[1])))
            guard key.objectClass != "*" || key.permission != "*" else {
                throw FlowPermissionsMistake(
                    line: index + 1, reason: "`* *` is no line: name the class or the permission; what no line names is what `--unknown` says")
            }
            let found = try Self.weights(words[2...].map { String(decoding: $0, as: UTF8.self) }, line: index + 1)
            guard weights.updateValue(found, forKey: key) == nil else {
                throw FlowPermissionsMistake(line: index + 1, reason: "`\(key.objectClass) \(key.permission)` has a line already")
            }
        }
    }

    private static func weights(_ words: [String], line: Int) throws(FlowPermissionsMistake) -> FlowWeights {
        var result = FlowWeights()
        if words == ["none"] { return result }
        var index = 0
        while index < words.count {
            let direction = words[index]
            index += 1
            guard ["read", "write", "both"].contains(direction) else {
                throw FlowPermissionsMistake(line: line, reason: "`\(direction)` is no direction: they are `read`, `write`, `both` and `none` alone")
            }
            var weight = FlowWeights.range.upperBound
            if index < words.count, words[index].utf8.first.map({ (0x30...0x39).contains($0) || $0 == 0x2d }) == true {
                guard let number = UInt8(words[index]), FlowWeights.range.contains(number) else {
                    throw FlowPermissionsMistake(line: line, reason: "`\(words[index])` is no weight: it is 1 to 10")
                }
                weight = number
                index += 1
            }
            if direction != "write" {
                guard result.read == 0 else { throw FlowPermissionsMistake(line: line, reason: "it says twice what is read") }
                result.read = weight
            }
            if direction != "read" {
                guard result.write == 0 else { throw FlowPermissionsMistake(line: line, reason: "it says twice what is written") }
                result.write = weight
            }
        }
        return result
    }

    /// What the table says about a permission; nil where it says nothing.
    public func weights(ofClass objectClass: Name, _ permission: Name) -> FlowWeights? {
        weights[Key(objectClass: objectClass, permission: permission)] ?? weights[Key(objectClass: objectClass, permission: "*")]
            ?? weights[Key(objectClass: "*", permission: permission)]
    }

    /// How many lines it has.
    public var count: Int { weights.count }

    // MARK: What comes with it

    /// A table that comes with the library.
    public enum Standard: String, CaseIterable, Sendable {
        case xen, selinux

        /// As a user reads it, and may change it.
        public var text: String {
            switch self {
            case .xen: FlowPermissions.xenTable
            case .selinux: FlowPermissions.selinuxTable
            }
        }

        /// Whose classes a policy has. A policy in the form of Linux's may be for Xen.
        public init(for policy: Policy) {
            self = policy.classes.contains { $0.name == "process" } ? .selinux : .xen
        }
    }

    public init(_ standard: Standard) throws(FlowPermissionsMistake) { try self.init(Array(standard.text.utf8)) }
}
