/// Why bytes are no policy image.
public struct ImageReadError: Error, Hashable, Sendable {
    /// Where in the image: the first byte of what is wrong, or of what is missing.
    public let offset: Int
    public let reason: Reason

    public init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    public enum Reason: Hashable, Sendable {
        /// The image ends before something that it announces.
        case truncated
        /// It does not begin with the number that every image begins with.
        case wrongMagic(UInt32)
        /// A policy module of SELinux, which no kernel loads.
        case isModule
        case unknownTarget(Name)
        case unsupportedVersion(UInt32, Policy.Target)
        /// The numbers of tables are not those of the version.
        case wrongTableCounts(symbols: UInt32, contexts: UInt32)
        /// A number has no meaning where it stands.
        case invalidValue(UInt32, Field)
        /// A name of no bytes, or longer than libsepol allows there.
        case invalidNameLength(UInt32)
        case bitmap(BitmapFault)
        /// Libsepol could number more, this reader does not (``ImageReader/maximumNumber``).
        case tooManySymbols(UInt32, SymbolKind)
        case duplicateName(Name, SymbolKind)
        /// A symbol has a number out of range, or that of another.
        case invalidNumber(UInt32, SymbolKind)
        /// No symbol has a number that one must have.
        case missingNumber(UInt32, SymbolKind)
        /// Something is about a symbol that does not exist.
        case unknownSymbol(UInt64, SymbolKind)
        case unknownCommon(Name)
        /// `object_r` has another number than 1.
        case objectRoleNumber(UInt32)
        /// A constraint's expression has the wrong shape, or is too deep.
        case malformedConstraint
        /// Only a validatetrans may look at the relabelling process.
        case relabellingProcessInConstraint
        case malformedCondition
        /// Xen and libsepol refuse a policy without rules.
        case noRules
        /// A rule is of no kind, or of several.
        case invalidRuleKind(UInt32)
        /// An entry of a version before 20 has not as many values as it has kinds.
        case wrongRuleSize(UInt32)
    }

    /// What a number is.
    public enum Field: Hashable, Sendable {
        case handleUnknown, permissionNumber, permissionCount, defaultContext, expressionKind, attribute, comparison
        case typeSetFlags, booleanValue, conditionState, conditionOperator, rangeLevels, extendedPermissionKind
        case partitionKey, endPort, filenameTransition
    }

    /// What is wrong with a set of numbers.
    public enum BitmapFault: Hashable, Sendable {
        case wordSize(UInt32)
        case wordStart(UInt32)
        case emptyWord(UInt32)
        case upperBound(UInt32)
        case truncated
    }
}

extension ImageReadError {
    /// What Xen prints when it meets the same, without `(XEN) `; nil when it prints nothing, or when its words are not
    /// known (the wordings are those of Xen 4.17 to 4.22).
    public var xenMessage: String? {
        switch reason {
        case .unsupportedVersion(let version, .xen) where !(15...30).contains(version):
            "Flask:  policydb version \(version) does not match my version range 15-30"
        case .unsupportedVersion(let version, .xen):
            "Flask:  unable to find policy compat info for version \(version) target 1"
        case .unknownTarget(let name): "Flask: \(name) not a valid policydb string"
        case .noRules: "Flask: avtab: table is empty"
        case .bitmap(.truncated): "Flask: ebitmap: truncated map"
        default: nil
        }
    }
}

extension ImageReadError: CustomStringConvertible {
    public var description: String { "at byte \(offset): \(reason)" }
}

extension ImageReadError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated: "the image ends too early"
        case .wrongMagic(let number): "0x\(String(number, radix: 16)) does not begin a policy image"
        case .isModule: "this is a policy module, not a policy"
        case .unknownTarget(let name): "`\(name)` is no target: there are `XenFlask` and `SE Linux`"
        case .unsupportedVersion(let version, .xen): "version \(version) does not exist for Xen"
        case .unsupportedVersion(let version, .selinux): "version \(version) does not exist"
        case .wrongTableCounts(let symbols, let contexts):
            "\(symbols) tables of symbols and \(contexts) of contexts are not what the version has"
        case .invalidValue(let value, let field): "\(value) is no \(field.name)"
        case .invalidNameLength(let length): "a name cannot have \(length) bytes"
        case .bitmap(let fault): fault.description
        case .tooManySymbols(let count, let kind): "\(count) is too many for \(kind.plural)"
        case .duplicateName(let name, let kind): "two \(kind.plural) are called `\(name)`"
        case .invalidNumber(let number, let kind): "number \(number) is out of range or taken among \(kind.plural)"
        case .missingNumber(let number, let kind): "no entry among \(kind.plural) has number \(number)"
        case .unknownSymbol(let number, let kind): "number \(number) does not exist among \(kind.plural)"
        case .unknownCommon(let name): "common `\(name)` does not exist"
        case .objectRoleNumber(let number): "role `object_r` has number \(number) instead of 1"
        case .malformedConstraint: "the constraint's expression is malformed"
        case .relabellingProcessInConstraint: "only a validatetrans may look at the relabelling process"
        case .malformedCondition: "the condition is malformed"
        case .noRules: "there are no rules"
        case .invalidRuleKind(let kind): "0x\(String(kind, radix: 16)) is not one kind of rule"
        case .wrongRuleSize(let count): "\(count) words are not what the rule's kinds need"
        }
    }
}

extension ImageReadError.BitmapFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wordSize(let size): "a set has words of \(size) bits instead of 64"
        case .wordStart(let start): "a word of a set begins at \(start), which is out of place"
        case .emptyWord(let start): "the word of a set at \(start) is empty"
        case .upperBound(let bound): "a set cannot end at \(bound)"
        case .truncated: "the image ends within a set"
        }
    }
}

extension ImageReadError.Field {
    fileprivate var name: String {
        switch self {
        case .handleUnknown: "way to handle unknown classes"
        case .permissionNumber: "number of a permission"
        case .permissionCount: "number of permissions"
        case .defaultContext: "default for new objects"
        case .expressionKind: "kind of expression"
        case .attribute: "attribute of a context"
        case .comparison: "comparison"
        case .typeSetFlags: "flag of a set of types"
        case .booleanValue: "value of a boolean"
        case .conditionState: "state of a condition"
        case .conditionOperator: "operator of a condition"
        case .rangeLevels: "number of levels of a range"
        case .extendedPermissionKind: "kind of extended permissions"
        case .partitionKey: "partition key"
        case .endPort: "port of a device"
        case .filenameTransition: "number of results of a transition"
        }
    }
}

extension SymbolKind {
    /// How to speak of several.
    var plural: String {
        switch self {
        case .common: "commons"
        case .objectClass: "classes"
        case .role: "roles"
        case .type: "types"
        case .user: "users"
        case .boolean: "booleans"
        case .sensitivity: "sensitivities"
        case .category: "categories"
        }
    }
}
