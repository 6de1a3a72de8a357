import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// The context with the level that its user has unless he asks for another, where the policy has levels and the context has none: so
    /// one file of assertions serves both forms of a policy.
    func withLevel(_ context: String) -> String {
        guard policy.isMLS else { return context }
        let parts = context.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, let user = policy.users.first(where: { $0.map { parts[0].elementsEqual($0.name.bytes) } ?? false }), let user
        else { return context }
        let level = StatementWriter(policy, usesSelf: false).level(user.defaultLevel)
        return context + ":" + String(decoding: level.bytes, as: UTF8.self)
    }
}
