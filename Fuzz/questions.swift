import Flask
import PolicyAnalysis

/// Questions to a policy: any bytes as a policy, and everything that can be asked about what it is, what it holds, and what it decides.
func exercise(_ bytes: [UInt8]) {
    guard let policy = try? AnalysedPolicy(bytes, named: "policy") else { return }
    _ = policy.summary()
    for kind in InventoryKind.allCases { _ = try? policy.inventory(of: kind) }
    let found = try? policy.search(SearchQuestion())
    if let answer = try? policy.answer(SearchQuestion()) {
        claim("what is told was found", answer.entries.count <= found?.count ?? 0)
    }
    guard let pattern = try? NamePattern("/[a-d]_?t$/") else { return }
    var question = SearchQuestion()
    question.source = pattern
    _ = try? policy.answer(question)
    explain(policy)
}

/// Of the contexts that the policy itself names, whether one may do anything to another.
private func explain(_ analysed: AnalysedPolicy) {
    let policy = analysed.policy
    guard let loaded = try? LoadedPolicy(policy) else { return }
    let contexts = policy.initialContexts.lazy.compactMap { try? loaded.text(of: $0.context) }.prefix(3).map { String(decoding: $0, as: UTF8.self) }
    for source in contexts {
        for target in contexts {
            for entry in policy.classes.prefix(4) {
                let permissions = entry.permissions.prefix(3).map(\.name.description)
                guard
                    let question = try? analysed.accessQuestion(
                        source: source, target: target, objectClass: entry.name.description, permissions: permissions),
                    let explanation = try? analysed.explanation(of: question)
                else { continue }
                for permission in explanation.permissions {
                    claim(
                        "`\(permission.name)` is allowed, or something stands against it", permission.isAllowed == permission.obstacles.isEmpty)
                }
            }
        }
    }
}
