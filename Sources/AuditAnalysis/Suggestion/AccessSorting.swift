import AuditLog
import Diagnostics
import Flask
import PolicyAnalysis
import PolicyCompiler

/// Sorts what a log says was denied by what stands against it.
struct AccessSorting {
    /// A denied access that the policy can be asked about.
    struct Entry {
        let access: DeniedAccess
        let question: AccessQuestion
        let explanation: AccessExplanation
        /// Bits that only lack a rule.
        var wanted: UInt32 = 0
        /// Permissions that booleans would allow, by the settings.
        var switched: [(settings: [Boolean], permissions: [Name])] = []
        let madeTypes: [Suggestion.MadeType]
        /// The hardware that lines named, where the target is that of an initial SID.
        let hardware: UnsuggestedAccess.Reason?
    }

    private let analysed: AnalysedPolicy
    private let loaded: LoadedPolicy
    private(set) var entries: [Entry] = []
    private(set) var unsuggested: [UnsuggestedAccess] = []
    private(set) var allowed: [DeniedAccess] = []
    private(set) var grantedCells = 0
    private(set) var unexamined = 0
    private let unlabeled: UInt32?
    /// The types of hardware that nothing labels, and the initial SIDs that give them.
    private let hardware: [UInt32: Name]

    init(_ analysed: AnalysedPolicy, _ loaded: LoadedPolicy) {
        self.analysed = analysed
        self.loaded = loaded
        unlabeled = analysed.type(ofInitialSID: "unlabeled")
        let names: [Name] = ["pirq", "irq", "ioport", "iomem", "device"]
        hardware = Dictionary(names.compactMap { name in analysed.type(ofInitialSID: name).map { ($0, name) } }) { $1 }
    }

    mutating func sort(_ cells: [DenialCell], limit: Int) {
        let accesses = accesses(cells)
        for (place, access) in accesses.enumerated() {
            if place < limit {
                sort(access, objects: access.cells.flatMap { cells[$0.place].objects })
            } else {
                unexamined += 1
                unsuggested.append(UnsuggestedAccess(access: access, reasons: [.unexamined]))
            }
        }
    }

    // MARK: What the log says

    private struct Key: Hashable {
        let source: [UInt8]
        let target: [UInt8]
        let objectClass: Name
    }

    private mutating func accesses(_ cells: [DenialCell]) -> [DeniedAccess] {
        var places: [Key: Int] = [:]
        var found: [DeniedAccess] = []
        for (place, cell) in cells.enumerated() {
            let record = cell.record
            guard record.verdict == .denied else {
                grantedCells += 1
                continue
            }
            guard case .text(let source) = record.source, case .text(let target) = record.target else {
                note(cell, place, .numberedContext(Self.number(record)))
                continue
            }
            if record.unnamedPermissions != 0 { note(cell, place, .unnamedPermissions(record.unnamedPermissions)) }
            guard !record.permissions.isEmpty else { continue }
            let key = Key(source: source, target: target, objectClass: record.objectClass)
            if let known = places[key] {
                found[known].add(cell, at: place)
            } else {
                places[key] = found.count
                found.append(DeniedAccess(source, target, cell, at: place))
            }
        }
        return found.sorted(by: DeniedAccess.precedes)
    }

    private static func number(_ record: AuditRecord) -> SecurityIdentifier {
        if case .identifier(let number) = record.source { return number }
        if case .identifier(let number) = record.target { return number }
        return .null
    }

    private mutating func note(_ cell: DenialCell, _ place: Int, _ reason: UnsuggestedAccess.Reason) {
        func text(_ context: AuditRecord.Context) -> [UInt8] { if case .text(let text) = context { text } else { [] } }
        let access = DeniedAccess(text(cell.record.source), text(cell.record.target), cell, at: place)
        unsuggested.append(UnsuggestedAccess(access: access, reasons: [reason]))
    }

    // MARK: What the policy says

    private mutating func sort(_ access: DeniedAccess, objects: [AuditObject]) {
        let known = knownPermissions(access)
        do throws(QuestionMistake) {
            guard let source = String(validating: access.source, as: UTF8.self), let target = String(validating: access.target, as: UTF8.self) else {
                throw .context(String(decoding: access.source, as: UTF8.self), reason: "its bytes are no text")
            }
            let question = try analysed.accessQuestion(
                source: source, target: target, objectClass: access.objectClass.description, permissions: known.map(\.description), by: loaded)
            let explanation = try analysed.explanation(of: question, by: loaded)
            let entry = Entry(
                access: access.keeping(known), question: question, explanation: explanation, madeTypes: madeTypes(explanation, question),
                hardware: hardware[question.target.type].map {
                    .unlabeledHardware(type: name(question.target.type), initialSID: $0, objects: Self.unique(objects))
                })
            sort(entry, objects: objects)
        } catch {
            unsuggested.append(UnsuggestedAccess(access: access.keeping(known), reasons: [.unknown(error, releases: releases(error, access, nil))]))
        }
        for permission in access.permissions where !known.contains(permission) {
            let mistake = QuestionMistake.unknownPermission(
                permission.description, ofClass: access.objectClass.description, nearest: [], others: [])
            unsuggested.append(
                UnsuggestedAccess(access: access.keeping([permission]), reasons: [.unknown(mistake, releases: releases(mistake, access, permission))]))
        }
    }

    /// Those that the policy's class has; all where it does not have the class.
    private func knownPermissions(_ access: DeniedAccess) -> [Name] {
        guard let index = analysed.policy.classes.firstIndex(where: { $0.name == access.objectClass }) else { return access.permissions }
        let names = Set(analysed.policy.permissions(ofClass: index).map(\.name))
        return access.permissions.filter { names.contains($0) }
    }

    /// Which releases of Xen have a class, or a permission of it, that the policy does not have.
    private func releases(_ mistake: QuestionMistake, _ access: DeniedAccess, _ permission: Name?) -> [XenRelease] {
        switch mistake {
        case .unknown(let what, _, _) where what == "class": break
        case .unknownPermission: break
        default: return []
        }
        return XenRelease.all.filter { release in
            guard let found = Vocabulary(of: release)?.objectClass(named: access.objectClass.description) else { return false }
            return permission.map { found.objectClass.permissions.contains($0.description) } ?? true
        }
    }

    private mutating func sort(_ entry: Entry, objects: [AuditObject]) {
        var entry = entry
        var allowed: [Name] = []
        for (permission, asked) in zip(entry.explanation.permissions, entry.question.permissions) {
            guard !permission.isAllowed else {
                allowed.append(permission.name)
                continue
            }
            let reasons = reasons(permission.obstacles, entry.question, objects)
            if !reasons.isEmpty {
                unsuggested.append(UnsuggestedAccess(access: entry.access.keeping([permission.name]), reasons: reasons))
            } else if let settings = Self.settings(permission.obstacles) {
                if let place = entry.switched.firstIndex(where: { $0.settings == settings }) {
                    entry.switched[place].permissions.append(permission.name)
                } else {
                    entry.switched.append((settings, [permission.name]))
                }
            } else {
                entry.wanted |= 1 << (asked.number - 1)
            }
        }
        if !allowed.isEmpty { self.allowed.append(entry.access.keeping(allowed)) }
        if entry.wanted != 0 || !entry.switched.isEmpty { entries.append(entry) }
    }

    /// The fewest booleans that allow a permission.
    private static func settings(_ obstacles: [AccessObstacle]) -> [Boolean]? {
        guard case .noRule(let disabled)? = obstacles.first, obstacles.count == 1 else { return nil }
        return disabled.filter { $0.suffices && !$0.settings.isEmpty }.map(\.settings).min { $0.count < $1.count }
    }

    /// What a rule does not help against.
    private func reasons(_ obstacles: [AccessObstacle], _ question: AccessQuestion, _ objects: [AuditObject]) -> [UnsuggestedAccess.Reason] {
        var reasons: [UnsuggestedAccess.Reason] = []
        for obstacle in obstacles {
            switch obstacle {
            case .noRule: break
            case .constraint(let entry, let isMLS, let failing):
                reasons.append(.constraint(text: entry.text, entry.places?.first?.location, isMLS: isMLS, failing: failing))
            case .roleAllow(let from, let to): reasons.append(.role(from: from, to: to))
            case .bounds(let source, let target):
                reasons.append(.bounds(source: source, target: target, boundsPlace([question.source.type, question.target.type])))
            }
        }
        if let unlabeled, question.target.type == unlabeled || question.source.type == unlabeled {
            reasons.append(.unlabeled(type: name(unlabeled), objects: Self.unique(objects)))
        }
        let names = [name(question.source.type), name(question.target.type), analysed.policy.classes[Int(question.objectClass) - 1].name]
        for name in names + question.permissions.map(\.name) where !name.isIdentifier && reasons.isEmpty { reasons.append(.noIdentifier(name)) }
        return reasons
    }

    private func boundsPlace(_ types: [UInt32]) -> SourceLocation? {
        types.lazy.compactMap { analysed.bounds(ofType: name($0))?.location }.first
    }

    private static func unique(_ objects: [AuditObject]) -> [AuditObject] {
        var found: [AuditObject] = []
        for object in objects where !found.contains(object) { found.append(object) }
        return found
    }

    private func name(_ type: UInt32) -> Name { analysed.policy.types[Int(type) - 1]?.name ?? Name("") }

    // MARK: Labels that nobody has written

    private func madeTypes(_ explanation: AccessExplanation, _ question: AccessQuestion) -> [Suggestion.MadeType] {
        func made(_ type: UInt32, _ origins: [SearchAnswer.Entry]) -> Suggestion.MadeType? {
            origins.first.map { Suggestion.MadeType(type: name(type), transition: $0.text, place: $0.places?.first?.location) }
        }
        var found = [made(question.source.type, explanation.sourceOrigins)].compactMap(\.self)
        if question.source.type != question.target.type { found += [made(question.target.type, explanation.targetOrigins)].compactMap(\.self) }
        return found
    }
}

extension Name {
    /// Whether a source can hold it as it is, in macros as well: letters, digits, `_` and `.`, a letter first.
    var isIdentifier: Bool {
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        guard let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    }
}
