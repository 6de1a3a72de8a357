import Commands
import Flask
import PolicyAnalysis
import PolicyReports

/// Words that are names of a policy's: it is the first word of the command line that is one.
extension WordKind {
    /// Names of some kinds.
    static func inventory(_ kinds: [InventoryKind]) -> WordKind {
        .names { words in
            guard let policy = policy(words) else { return [] }
            return kinds.flatMap { kind in ((try? policy.inventory(of: kind)) ?? []).map(\.name.description) }.sorted()
        }
    }

    /// Permissions of a class; of all where it is not known.
    static func permissions(ofClass name: String?) -> WordKind {
        .names { words in
            guard let policy = policy(words) else { return [] }
            return members(of: (try? policy.inventory(of: .classes, name.flatMap { try? NamePattern($0) })) ?? [])
        }
    }

    /// A full context, of which those of the initial SIDs are known.
    static var context: WordKind {
        .names { words in policy(words).map { members(of: (try? $0.inventory(of: .initialSIDs)) ?? []) } ?? [] }
    }

    /// Nothing is completed from a policy that cannot be read.
    private static func policy(_ words: [String]) -> AnalysedPolicy? {
        for word in words {
            if let policy = try? PolicyFile(word).policy(InputOptions()) { return policy }
        }
        return nil
    }

    /// Each once, in order.
    private static func members(of entries: [InventoryEntry]) -> [String] {
        Set(entries.flatMap(\.members).flatMap(\.names).map(\.description)).sorted()
    }
}
