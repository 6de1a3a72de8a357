import AuditAnalysis
import Flask

extension DenialExplanation {
    /// The kinds of causes of a permission.
    func kinds(_ permission: String) -> [DenialCause.Kind] {
        permissions.first { $0.name.description == permission }?.causes.map(\.kind) ?? []
    }

    func first(_ kind: DenialCause.Kind) -> DenialCause? { (causes + permissions.flatMap(\.causes)).first { $0.kind == kind } }

    /// How a cause is told; empty where there is none of the kind.
    func text(_ kind: DenialCause.Kind) -> String { first(kind)?.text ?? "" }
}
