/// Reads the binary image of a policy, from any bytes: versions 15 to 35, for Xen and for SELinux (Xen,
/// xen/xsm/flask/ss/policydb.c: `policydb_read`; libsepol, src/policydb.c).
///
/// What is read is sound: every number in the policy belongs to an entry, or to a hole where images have holes. It need
/// not be a policy that a kernel takes: `Policy.xenRejections()` tells what Xen has against it.
public struct ImageReader: ~Copyable {
    /// A policy and what surrounds it.
    public struct Output: Hashable, Sendable {
        public let policy: Policy
        /// Bytes behind the policy. Kernels ignore them.
        public let trailingByteCount: Int
        /// The table in which libsepol would hold the rules: it decides in which order they are written again.
        public let ruleTable: RuleTableSize
    }

    /// No symbol has a higher number. Rules keep 16 bits; holes take no bytes, so that without a limit a small image
    /// could ask for any amount of memory.
    public static let maximumNumber: UInt32 = 65_535

    var cursor: ByteCursor
    let version: ImageVersion
    var policy: Policy
    var ruleEntryCount = 0
    /// Sets of numbers that were read before the symbols that they are about.
    var deferred: [DeferredCheck] = []
    /// By number, whether it is a type's; every number that a rule can hold has a bit.
    var knownTypes: [UInt64] = []

    struct DeferredCheck {
        let offset: Int
        let numbers: Bitmap
        let kind: SymbolKind
    }

    /// The policy that an image holds. Symbols come in the order of their numbers, everything else in that of the image.
    ///
    /// A policy that was compiled and written comes back the same, but for the order of aliases and of transitions,
    /// which the image sorts, and for the places of extended permissions. Before version 24 images do not tell types
    /// that are attributes: those are holes.
    public static func read(_ bytes: [UInt8]) throws(ImageReadError) -> Output {
        try read(bytes) { _ in }
    }

    /// The same, telling as soon as all rules have been read: the policy of then has its symbols, rules and conditions, and
    /// they are the last word unless the rest cannot be read.
    static func read(
        _ bytes: [UInt8], whenRulesAreRead useRules: (borrowing Policy) -> Void
    ) throws(ImageReadError) -> Output {
        var cursor = ByteCursor(bytes)
        let (version, config) = try readHeader(&cursor)
        guard let handleUnknown = Policy.HandleUnknown(rawValue: config & 6) else {
            throw ImageReadError(offset: 20, reason: .invalidValue(config & 6, .handleUnknown))
        }
        let policy = Policy(
            target: version.target, version: version.number, isMLS: config & 1 != 0, handleUnknown: handleUnknown)
        var reader = ImageReader(cursor: cursor, version: version, policy: policy)
        try reader.read(useRules)
        return Output(
            policy: reader.policy, trailingByteCount: reader.cursor.remaining,
            ruleTable: .read(entryCount: reader.ruleEntryCount))
    }

    private static func readHeader(
        _ cursor: inout ByteCursor
    ) throws(ImageReadError) -> (ImageVersion, config: UInt32) {
        let magic = try cursor.word32()
        guard magic == ImageVersion.magic else {
            throw ImageReadError(offset: 0, reason: magic == ImageVersion.moduleMagic ? .isModule : .wrongMagic(magic))
        }
        let length = try cursor.word32()
        // Both targets have names of eight bytes.
        guard length == 8 else { throw ImageReadError(offset: 4, reason: .invalidNameLength(length)) }
        let name = try Name(bytes: cursor.bytes(8))
        let target: Policy.Target
        switch name {
        case "XenFlask": target = .xen
        case "SE Linux": target = .selinux
        default: throw ImageReadError(offset: 8, reason: .unknownTarget(name))
        }
        let number = try cursor.word32()
        let config = try cursor.word32()
        guard let version = ImageVersion(number, target) else {
            throw ImageReadError(offset: 16, reason: .unsupportedVersion(number, target))
        }
        let symbols = try cursor.word32()
        let contexts = try cursor.word32()
        guard symbols == version.symbolKinds, contexts == version.contextKinds else {
            throw ImageReadError(offset: 24, reason: .wrongTableCounts(symbols: symbols, contexts: contexts))
        }
        return (version, config)
    }

    private init(cursor: ByteCursor, version: ImageVersion, policy: Policy) {
        self.cursor = cursor
        self.version = version
        self.policy = policy
    }

    private mutating func read(_ useRules: (borrowing Policy) -> Void) throws(ImageReadError) {
        if version.hasCapabilities { policy.capabilities = try readBitmap() }
        let marksOffset = cursor.offset
        if version.hasPermissiveTypes { policy.permissiveTypes = try readBitmap() }
        if version.hasNeverauditTypes { policy.neverauditTypes = try readBitmap() }
        try readSymbols()
        try checkDeferred()
        for number in [policy.permissiveTypes, policy.neverauditTypes].joined() {
            try check(UInt64(number), .type, at: marksOffset)
        }
        knownTypes = [UInt64](repeating: 0, count: (Int(UInt16.max) + 1) / 64)
        for number in 0...policy.types.count where exists(UInt64(number), .type) { knownTypes[number / 64] |= 1 << UInt64(number % 64) }
        try readRules()
        if version.hasConditionals { try readConditionals() }
        useRules(policy)
        try readRoleRules()
        if version.hasFilenameTransitions { try readFilenameTransitions() }
        try readObjectContexts()
        try readGenfs()
        if version.hasMLS { try readRangeTransitions() }
        try readTypeAttributes()
    }

    /// For each number its attributes and itself, which libsepol and Xen add where an image leaves it out.
    private mutating func readTypeAttributes() throws(ImageReadError) {
        let count = policy.types.count
        if version.hasCompactRules {
            // Each set takes twelve bytes at least.
            guard count <= cursor.remaining / 12 else { throw fail(.truncated, at: cursor.offset + cursor.remaining) }
        }
        policy.typeAttributes.reserveCapacity(count)
        for index in 0..<count {
            var attributes = Bitmap()
            if version.hasCompactRules {
                let offset = cursor.offset
                attributes = try readBitmap()
                if attributes.upperBound > count, let attribute = attributes.first(where: { $0 >= count }) {
                    throw fail(.unknownSymbol(UInt64(attribute) + 1, .type), at: offset)
                }
            }
            attributes.insert(index)
            policy.typeAttributes.append(attributes)
        }
    }
}
