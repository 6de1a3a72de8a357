import Flask

/// A rule about permissions in joint numbers: types and attributes as indices, permissions as joint bits. A dontaudit rule has
/// the bits that it takes away.
struct JointRule: BitwiseCopyable {
    /// The subject, and below it the function of the booleans under which it holds.
    let about: UInt64
    /// Source and target.
    let types: UInt64
    var vector: UInt64

    init(_ subject: RuleSubject, _ condition: DecisionDiagram.Function, source: Int, target: Int, vector: UInt64) {
        about = subject.bits << 24 | UInt64(condition)
        types = UInt64(source) << 32 | UInt64(target)
        self.vector = vector
    }

    var subject: RuleSubject { RuleSubject(bits: about >> 24) }
    var condition: DecisionDiagram.Function { DecisionDiagram.Function(truncatingIfNeeded: about & 0xff_ffff) }
    var source: Int { Int(types >> 32) }
    var target: Int { Int(types & 0xffff_ffff) }

    /// Whether both are about the same, under the same condition.
    func isAbout(_ other: JointRule) -> Bool { about == other.about && types == other.types }

    static func precedes(_ a: JointRule, _ b: JointRule) -> Bool { a.about == b.about ? a.types < b.types : a.about < b.about }
}
