import Flask
import PolicyCompiler

/// Holds a policy against what releases of Xen look at, and against what they do not look at.
struct CompatibilityChecker {
    private let policy: Policy
    /// Why nothing can be decided from the policy: what Xen meets when it indexes what it reads.
    private let indexing: PolicyLoadError?
    /// The policy's own names of its initial SIDs, by number; nil where they are not known.
    private let initialSIDs: [Name]?
    /// The contexts of the lowest numbers, as text.
    private let contexts: [UInt32: [UInt8]]
    private let lastNumber: UInt32
    private let remarks: CompatibilityRemarks

    init(_ analysed: AnalysedPolicy) {
        policy = analysed.policy
        indexing = Self.indexingError(of: analysed.policy)
        initialSIDs = Self.initialSIDs(of: analysed)
        contexts = Self.contexts(of: policy)
        lastNumber = policy.initialContexts.map(\.sid).max() ?? 0
        remarks = CompatibilityRemarks(policy)
    }

    /// No release has more than a few, and nobody reads contexts of megabytes: an image may have any number of both.
    private static func contexts(of policy: Policy) -> [UInt32: [UInt8]] {
        let (countLimit, lengthLimit) = (100, 4_096)
        var lowest: [UInt32: SecurityContext] = [:]
        let numbers = Set(policy.initialContexts.map(\.sid)).sorted().prefix(countLimit)
        guard let last = numbers.last else { return [:] }
        for entry in policy.initialContexts where entry.sid <= last && lowest[entry.sid] == nil { lowest[entry.sid] = entry.context }
        let writer = StatementWriter(policy, usesSelf: false)
        return lowest.mapValues { context in
            let text = writer.context(context).bytes
            return text.count <= lengthLimit ? text : Array(text.prefix(lengthLimit)) + Array("…".utf8)
        }
    }

    /// A large policy for Linux is refused for its form: its rules need not be indexed.
    private static func indexingError(of policy: Policy) -> PolicyLoadError? {
        guard policy.xenRejections().isEmpty else { return nil }
        do throws(PolicyLoadError) {
            _ = try LoadedPolicy(policy)
            return nil
        } catch {
            return error
        }
    }

    /// A source names them. Those of an image are known by how many there are: no two releases have as many and call them otherwise.
    private static func initialSIDs(of analysed: AnalysedPolicy) -> [Name]? {
        if analysed.form != .image { return analysed.initialSIDs().names }
        let count = analysed.policy.initialContexts.map(\.sid).max() ?? 0
        let known = analysed.release.flatMap { Vocabulary(of: $0) } ?? ReleaseTables.all.last { $0.vocabulary.initialSIDs.count == Int(count) }?.vocabulary
        return known?.initialSIDs.map { Name($0) }
    }

    func answer(for tables: ReleaseTables) -> ReleaseAnswer {
        let misread = misread(by: tables.vocabulary)
        let refusal = refusal(by: tables.vocabulary)
        let verdict = refusal.map { ReleaseVerdict.refuses($0) } ?? (misread.isEmpty ? .loads : .misreads(misread))
        return ReleaseAnswer(
            release: tables.name, verdict: verdict, changes: changes(for: tables.vocabulary, refusal, misread),
            remarks: refusal == nil ? remarks.remarks(on: tables.release) : [])
    }

    /// Indexing comes behind reading and before initial SIDs and classes.
    private func refusal(by vocabulary: Vocabulary) -> PolicyLoadError? {
        let refusal = policy.refusal(by: vocabulary)
        if case .rejected = refusal { return refusal }
        return indexing ?? refusal
    }

    // MARK: Initial SIDs

    private func misread(by vocabulary: Vocabulary) -> [MisreadInitialSID] {
        let wanted = vocabulary.initialSIDs
        let places = Array(1...max(wanted.count, 1)) + contexts.keys.map { Int($0) }.filter { $0 > wanted.count }.sorted()
        return places.compactMap { place in
            let number = UInt32(place)
            let name = place <= wanted.count ? wanted[place - 1] : nil
            let context = contexts[number]
            if name == nil, context == nil { return nil }
            let intended = context == nil ? nil : initialSIDs.flatMap { place <= $0.count ? $0[place - 1] : nil }
            // Without names numbers are taken to mean what the release means.
            if let name, context != nil, intended == nil || intended == Name(name) { return nil }
            return MisreadInitialSID(
                number: number, name: name, intended: intended, context: context, isGivenAway: context == nil && number > lastNumber)
        }
    }

    // MARK: Changes

    private func changes(for vocabulary: Vocabulary, _ refusal: PolicyLoadError?, _ misread: [MisreadInitialSID]) -> [PolicyChange] {
        var changes: [PolicyChange] = []
        switch refusal {
        case .rejected(let rejections): changes += rejections.map { $0.reason.change(for: vocabulary.release) }
        case .vocabulary, nil: break
        case .duplicateInitialSID(let number): changes.append(.other("leave one of the contexts of initial SID \(number) out"))
        case .boundsTooDeep(let name): changes.append(.other("bound `\(name)` by fewer than four types in a row"))
        case .malformedConstraint(let name): changes.append(.other("write the constraints of class `\(name)` anew"))
        case .image, .tooLarge, .notSpotless, .changesMLS: break
        }
        // A policy for Linux would have to be another altogether.
        if case .rejected(let rejections) = refusal, rejections.contains(where: { $0.reason.isAboutLinux }) { return changes }
        changes += classChanges(vocabulary) + (misread.isEmpty ? [] : initialSIDChanges(vocabulary))
        // What Xen stumbles over first is told first.
        guard case .vocabulary(let mismatch) = refusal, let first = changes.firstIndex(where: { $0.isAbout(mismatch) }) else { return changes }
        changes.insert(changes.remove(at: first), at: 0)
        return changes
    }

    /// Lists are not told longer than this for each kind of change.
    private static let listLimit = 40

    private func classChanges(_ vocabulary: Vocabulary) -> [PolicyChange] {
        let edit = ListEdit(from: policy.classes.map(\.name), to: vocabulary.classes.map(\.name))
        var changes = Self.listed(edit.removed) { .removeClass($0) }
        changes += edit.moved.map { .moveClass($0.name, number: $0.number) }
        changes += edit.added.map { .addClass($0.name, number: $0.number, permissions: vocabulary.classes[$0.number - 1].permissions) }
        for wanted in vocabulary.classes {
            guard let found = policy.classes.first(where: { $0.name == Name(wanted.name) }) else { continue }
            let edit = ListEdit(
                from: found.permissions.sorted { $0.number < $1.number }.map(\.name), to: wanted.permissions)
            changes += Self.listed(edit.removed) { .removePermission($0, objectClass: wanted.name) }
            changes += edit.moved.map { .movePermission($0.name, objectClass: wanted.name, number: $0.number) }
            changes += edit.added.map { .addPermission($0.name, objectClass: wanted.name, number: $0.number) }
        }
        return changes
    }

    private func initialSIDChanges(_ vocabulary: Vocabulary) -> [PolicyChange] {
        guard let initialSIDs else {
            return [.other("declare the initial SIDs { \(vocabulary.initialSIDs.joined(separator: " ")) } in this order")]
        }
        let found = initialSIDs.enumerated().filter { contexts[UInt32($0.offset + 1)] != nil }.map(\.element)
        let wanted = Set(vocabulary.initialSIDs.map { Name($0) })
        let edit = ListEdit(from: found, to: vocabulary.initialSIDs)
        return Self.listed(found.filter { !wanted.contains($0) }) { .removeInitialSID($0) }
            + edit.moved.map { .moveInitialSID($0.name, number: $0.number) }
            + edit.added.map { .addInitialSID($0.name, number: $0.number) }
    }

    private static func listed(_ names: [Name], _ change: (Name) -> PolicyChange) -> [PolicyChange] {
        names.prefix(listLimit).map(change) + (names.count > listLimit ? [.further(names.count - listLimit)] : [])
    }
}
