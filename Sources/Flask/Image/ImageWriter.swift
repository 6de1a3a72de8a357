/// Writes a policy as the binary image that a kernel loads, byte for byte as checkpolicy does (libsepol,
/// src/write.c; Xen reads it in xen/xsm/flask/ss/policydb.c: `policydb_read`).
public struct ImageWriter {
    let policy: Policy
    let layout: ImageLayout
    let version: ImageVersion
    /// Whether the policy was read from an image: libsepol then has no role attributes, and knows which class is that of
    /// processes.
    let isReread: Bool
    let ruleOrder: RuleOrder
    var out = ByteBuffer()
    var omissions: [ImageOmission] = []
    /// Rules made of rules about attributes so far.
    var expandedPairs = 0

    /// The bytes of an image, and what the image's version had no room for.
    public struct Image: Sendable {
        public let bytes: [UInt8]
        public let omissions: [ImageOmission]
    }

    /// The image of a policy. Its rules stand in the table of a compiler; a policy that libsepol has read from an image
    /// (``Policy/reread()``) has another.
    public static func write(
        _ policy: Policy, layout: ImageLayout, ruleTable: RuleTableSize = .compiled
    ) throws(ImageWriteError) -> Image {
        guard let version = ImageVersion(policy.version, policy.target) else {
            throw .unsupportedVersion(policy.version, policy.target)
        }
        guard version.hasMLS || !policy.isMLS else { throw .noMLS(version: policy.version) }
        var writer = ImageWriter(
            policy: policy, layout: layout, version: version, isReread: ruleTable.isRead,
            ruleOrder: RuleOrder(slots: ruleTable.slots))
        try writer.write()
        return Image(bytes: writer.out.bytes, omissions: writer.omissions)
    }

    /// The image of a policy that was read from an image, as `checkpolicy -b` writes it; nil keeps the version.
    public static func rewrite(
        _ output: ImageReader.Output, layout: ImageLayout, version: UInt32? = nil
    ) throws(ImageWriteError) -> Image {
        var policy = output.policy.reread()
        if let version { policy.version = version }
        return try write(policy, layout: layout, ruleTable: output.ruleTable)
    }

    private mutating func write() throws(ImageWriteError) {
        out.reserve(4_096 + policy.rules.rules.count * 12)
        writeHeader()
        writeTypeMarks()
        writeSymbols()
        try writeRules()
        try writeConditionals()
        writeRoleRules()
        writeFilenameTransitions()
        try writeObjectContexts()
        writeGenfs()
        if version.hasMLS { writeRangeTransitions() }
        if version.hasCompactRules { writeTypeAttributes() }
    }

    private mutating func writeHeader() {
        out.append(ImageVersion.magic)
        out.append(count: version.signature.bytes.count)
        out.append(version.signature)
        out.append(version.number)
        out.append((policy.isMLS ? 1 : 0) | policy.handleUnknown.rawValue)
        out.append(count: version.symbolKinds)
        out.append(count: version.contextKinds)
    }

    private mutating func writeTypeMarks() {
        if version.hasCapabilities { write(policy.capabilities) }
        if version.hasPermissiveTypes {
            write(policy.permissiveTypes)
        } else if !policy.permissiveTypes.isEmpty {
            omissions.append(.permissiveTypes(version: version.number))
        }
        if version.hasNeverauditTypes {
            write(policy.neverauditTypes)
        } else if !policy.neverauditTypes.isEmpty {
            omissions.append(.neverauditTypes(version: version.number))
        }
    }

    private mutating func writeTypeAttributes() {
        for attributes in policy.typeAttributes { write(attributes) }
    }

    mutating func write(_ bitmap: Bitmap) {
        out.append(64 as UInt32)
        out.append(UInt32(truncatingIfNeeded: bitmap.upperBound))
        out.append(count: bitmap.words.count)
        for word in bitmap.words {
            out.append(word.start)
            out.append(word.bits)
        }
    }

    mutating func write(_ level: MLSLevel) {
        out.append(level.sensitivity)
        write(level.categories)
    }

    /// A range whose ends are equal is written as one level.
    mutating func write(_ range: MLSRange) {
        let isLevel = range.low == range.high
        out.append((isLevel ? 1 : 2) as UInt32)
        out.append(range.low.sensitivity)
        if !isLevel { out.append(range.high.sensitivity) }
        write(range.low.categories)
        if !isLevel { write(range.high.categories) }
    }

    mutating func write(_ context: SecurityContext) {
        out.append(context.user)
        out.append(context.role)
        out.append(context.type)
        if version.hasMLS { write(context.range) }
    }
}
