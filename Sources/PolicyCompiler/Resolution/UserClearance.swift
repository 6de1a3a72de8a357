import Diagnostics
import Flask

/// A level as the declarations of a user put it together: the latest sensitivity, and the categories of all of them,
/// not yet held against what the sensitivity may have (libsepol: `mls_semantic_level_t`).
struct LevelInProgress: Sendable {
    struct Categories: Sendable {
        let low: Int
        let high: Int
        let reference: NameReference
    }

    /// The entry of the sensitivity and where it is named; nil until a declaration gives one.
    var sensitivity: (primary: Int, reference: NameReference)?
    var categories: [Categories] = []
}

/// A user's default level and range, as the declarations of one scope give them so far.
struct UserClearance: Sendable {
    var defaultLevel = LevelInProgress()
    var low = LevelInProgress()
    var high = LevelInProgress()
}

extension Resolver {
    /// Adds what a declaration says to what its scope says so far: a later declaration replaces the sensitivities and
    /// adds categories (checkpolicy, policy_define.c: `define_user`).
    mutating func addClearance(of user: Int, _ name: NameReference, _ level: LevelSyntax, _ range: RangeSyntax) {
        let current = scope.current
        var clearance = result.users[user].clearances[current] ?? UserClearance()
        guard join(level, into: &clearance.defaultLevel), join(range.low, into: &clearance.low) else {
            incomplete.insert(name.identifier)
            return
        }
        if let high = range.high {
            guard join(high, into: &clearance.high) else {
                incomplete.insert(name.identifier)
                return
            }
        } else {
            clearance.high = clearance.low
        }
        result.users[user].clearances[current] = clearance
        guard current != 0, dialect.usersInBlocksHaveGlobalClearances else { return }
        // What a block says holds everywhere, whether the block takes effect or not.
        var global = result.users[user].clearances[0] ?? UserClearance()
        for part in [\UserClearance.defaultLevel, \.low, \.high] {
            guard let known = global[keyPath: part].sensitivity else {
                global[keyPath: part] = clearance[keyPath: part]
                continue
            }
            guard known.primary == clearance[keyPath: part].sensitivity?.primary else {
                report(
                    "conflicting-user-levels",
                    "user `\(self.name(of: name.identifier))` is declared with other sensitivities elsewhere", at: name,
                    labels: [.init(span(known.reference), "such as this one")],
                    help: "give it the same level and range in all its declarations")
                return
            }
            global[keyPath: part].categories += clearance[keyPath: part].categories
        }
        result.users[user].clearances[0] = global
    }

    private mutating func join(_ source: LevelSyntax, into level: inout LevelInProgress) -> Bool {
        guard let primary = sensitivity(source.sensitivity) else { return false }
        level.sensitivity = (primary, source.sensitivity)
        for reference in syntax[source.categories] {
            guard let range = categoryRange(reference) else { return false }
            level.categories.append(.init(low: range.lowerBound, high: range.upperBound, reference: reference))
        }
        return true
    }

    /// Holds the clearances of the global scope against the levels, once all users are known.
    mutating func finishClearances() {
        guard isMLS else { return }
        for index in result.users.entries.indices {
            guard let clearance = result.users[index].clearances[0] else { continue }
            result.users[index].range = range(clearance)
            result.users[index].defaultLevel = level(clearance.defaultLevel)
            // That the range is wrong is reported; its contexts are not.
            if result.users[index].range == nil { incomplete.insert(result.users.identifiers[index]) }
        }
    }

    private mutating func range(_ clearance: UserClearance) -> MLSRange? {
        guard let low = level(clearance.low), let high = level(clearance.high) else { return nil }
        guard high.dominates(low) || hasBrokenLevels else {
            if let highReference = clearance.high.sensitivity?.reference, let lowReference = clearance.low.sensitivity?.reference {
                reportInvertedRange(low: lowReference, high: highReference)
            }
            return nil
        }
        return MLSRange(low: low, high: high)
    }

    private mutating func level(_ level: LevelInProgress) -> MLSLevel? {
        guard let (primary, sensitivity) = level.sensitivity else { return MLSLevel() }
        var bitmap = Bitmap()
        for categories in level.categories {
            if let number = result.sensitivities[primary].categories.firstMissing(of: categories.low...categories.high) {
                reportCategory(number, notIn: sensitivity, at: categories.reference)
                return nil
            }
            bitmap.insert(categories.low...categories.high)
        }
        return MLSLevel(sensitivity: result.sensitivities[primary].number, categories: bitmap)
    }

    /// What a block that takes effect says of a user; nil where it asks for what is not there.
    static func clearance(_ clearance: UserClearance, _ resolution: Resolution) -> (level: MLSLevel, range: MLSRange)? {
        func expanded(_ level: LevelInProgress) -> MLSLevel? {
            guard let primary = level.sensitivity?.primary else { return MLSLevel() }
            var bitmap = Bitmap()
            for categories in level.categories {
                let range = categories.low...categories.high
                guard resolution.sensitivities[primary].categories.firstMissing(of: range) == nil else { return nil }
                bitmap.insert(range)
            }
            return MLSLevel(sensitivity: resolution.sensitivities[primary].number, categories: bitmap)
        }
        guard let level = expanded(clearance.defaultLevel), let low = expanded(clearance.low),
            let high = expanded(clearance.high), high.dominates(low)
        else { return nil }
        return (level, MLSRange(low: low, high: high))
    }
}
