package import PolicyCompiler

extension AnalysedPolicy {
    /// The source's neverallow rules; nil without a source.
    package func neverAllowIndex() -> NeverAllowIndex? { origins.map { NeverAllowIndex($0) } }

    /// Where the source says each of some statements, by their numbers; nil without a source.
    package func places(ofStatements statements: [UInt32]) -> [StatementPlace]? {
        origins.map { places(ofStatements: [statements], $0)[0] }
    }

    /// Where the source bounds a type by another; nil without a source.
    package func places(bounding type: UInt32) -> [StatementPlace]? {
        origins.map { places(ofStatements: [$0.statements(bounding: type)], $0)[0] }
    }
}
