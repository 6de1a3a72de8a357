import Diagnostics
import Flask
import Spelling

extension Resolver {
    /// Statements that give contexts to things.
    mutating func relateContext(_ statement: Statement) {
        switch statement {
        case .initialContext(let name, let context): addInitialContext(name, context)
        case .interruptContext, .ioMemoryContext, .ioPortContext, .pciDeviceContext, .deviceTreeContext:
            guard isFor(.xen) else { return }
            addDeviceContext(statement)
        case .filesystemUse, .genfsContext, .portContext, .interfaceContext, .nodeContext, .partitionKeyContext,
            .endPortContext:
            guard isFor(.selinux) else { return }
            addNetworkContext(statement)
        default: break
        }
    }

    private mutating func isFor(_ wanted: Policy.Target) -> Bool {
        guard target != wanted else { return true }
        let node = syntax.nodes[Int(currentNode)]
        let word = String(
            decoding: text.bytes[Int(node.offset)..<Int(node.end)].prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") },
            as: UTF8.self)
        report(
            "wrong-target",
            "`\(word)` has a meaning only in policies for \(wanted == .xen ? "Xen" : "SELinux")", at: node.offset,
            length: word.utf8.count,
            help: wanted == .xen ? "compile with `-t Xen`" : "compile with `-t SELinux`, or leave it out")
        return false
    }

    /// A context, which must be valid: the role may have the type, the user the role and the range.
    mutating func context(_ index: Statement.ContextIndex) -> ResolvedContext? {
        if !hasClearances {
            hasClearances = true
            finishClearances()
        }
        let written = syntax.contexts[Int(index.value)]
        let user = self.user(written.user)
        let role = self.role(written.role)
        let type = self.type(written.type, allowsAttribute: false)
        var range = MLSRange()
        if isMLS {
            guard let rangeSyntax = written.range else {
                guard syntax.missingSection != .sensitivities else { return nil }
                report(
                    "missing-range", "a context needs a range in a policy with MLS", at: written.type,
                    help: "add one, for example `:s0`")
                return nil
            }
            guard let resolved = self.range(rangeSyntax) else { return nil }
            range = resolved
        } else if let rangeSyntax = written.range {
            report(
                "mls-disabled", "a range in a context needs a policy with MLS", at: rangeSyntax.low.sensitivity,
                help: "compile with `--mls`, or leave the range out")
            return nil
        }
        guard let user, let role, let type else { return nil }
        // What a role or a user may have is not known when the statement that says it is wrong.
        let doubtful = incomplete.union(syntax.unread)
        if role != 0, doubtful.isDisjoint(with: [written.user.identifier, written.role.identifier, written.type.identifier]) {
            if authorisation == nil { authorisation = Authorisation(result, syntax, isMLS: isMLS) }
            guard let authorisation else { return nil }
            guard authorisation.allows(role: role, type: type) else {
                report(
                    "invalid-context",
                    "role `\(name(of: written.role.identifier))` may not have type `\(name(of: written.type.identifier))`",
                    at: written.type,
                    help: "add `role \(name(of: written.role.identifier)) types \(name(of: written.type.identifier));`")
                return nil
            }
            guard authorisation.allows(user: user, role: role) else {
                report(
                    "invalid-context",
                    "user `\(name(of: written.user.identifier))` may not have role `\(name(of: written.role.identifier))`",
                    at: written.role, help: "add the role to the user's `roles`")
                return nil
            }
            if isMLS, !hasBrokenLevels, !authorisation.allows(user: user, range: range) {
                report(
                    "invalid-context", "the range is not within that of user `\(name(of: written.user.identifier))`",
                    at: written.range?.low.sensitivity ?? written.user)
                return nil
            }
        }
        return ResolvedContext(user: user, role: role, type: type, range: range)
    }

    private mutating func addInitialContext(_ name: NameReference, _ index: Statement.ContextIndex) {
        guard let place = result.initialSID(named: name.identifier) else {
            guard !syntax.unread.contains(name.identifier), syntax.missingSection != .initialSIDs else { return }
            let word = self.name(of: name.identifier)
            let history = target == .xen ? VocabularyHistory.shared.help(forInitialSID: word) : nil
            let known = result.initialSIDs.map { self.name(of: $0.reference.identifier) }
            report(
                "unknown-initial-sid", "initial SID `\(word)` is not declared", at: name, label: "not declared",
                help: history, nearest: history == nil ? Spelling.guess(word, among: known) : nil)
            return
        }
        guard result.initialSIDs[place].context == nil else {
            let first = result.initialSIDs[place].contextOffset
            report(
                "duplicate-context", "initial SID `\(self.name(of: name.identifier))` has a context already", at: name,
                labels: [
                    .init(
                        text.span(at: Int(first), length: syntax.identifiers.length(of: name.identifier)), "given here")
                ])
            return
        }
        result.initialSIDs[place].context = context(index)
        result.initialSIDs[place].contextOffset = name.offset
    }

    /// Reports a statement about something that has a context already.
    mutating func reportOverlap(_ message: String, code: Diagnostic.Code = "duplicate-context") {
        let node = syntax.nodes[Int(currentNode)]
        report(code, message, at: node.offset, length: Int(node.end - node.offset))
    }

    // MARK: Devices

    private mutating func addDeviceContext(_ statement: Statement) {
        switch statement {
        case .interruptContext(let number, let index):
            guard let context = context(index) else { return }
            guard !known.interrupts.contains(number) else {
                reportOverlap("interrupt \(number) has a context already")
                return
            }
            let number = cutTo16Bits(number)
            known.interrupts.insert(number)
            result.contexts.interrupts.append((number, context))
        case .ioMemoryContext(let low, let high, let index):
            guard isAscending(low, high), let context = context(index) else { return }
            if let other = known.ioMemory.insert(low...high) {
                reportOverlap("page frames \(hex(low))-\(hex(high)) overlap \(hex(other.lowerBound))-\(hex(other.upperBound)), which have a context already", code: "overlapping-context")
                return
            }
            result.contexts.ioMemory.append((low, high, context))
        case .ioPortContext(let low, let high, let index):
            guard isAscending(UInt64(low), UInt64(high)), let context = context(index) else { return }
            if let other = known.ioPorts.insert(UInt64(low)...UInt64(high)) {
                reportOverlap("I/O ports \(hex(UInt64(low)))-\(hex(UInt64(high))) overlap \(hex(other.lowerBound))-\(hex(other.upperBound)), which have a context already", code: "overlapping-context")
                return
            }
            result.contexts.ioPorts.append((low, high, context))
        case .pciDeviceContext(let address, let index):
            guard let context = context(index) else { return }
            guard known.pciDevices.insert(address).inserted else {
                reportOverlap("PCI device \(hex(UInt64(address))) has a context already")
                return
            }
            result.contexts.pciDevices.append((address, context))
        case .deviceTreeContext(let path, let index):
            guard let context = context(index) else { return }
            let name = bytes(of: path.identifier)
            guard known.deviceTreeNodes.insert(name).inserted else {
                reportOverlap("device tree node `\(name)` has a context already")
                return
            }
            result.contexts.deviceTreeNodes.append((name, context))
        default: break
        }
    }

    /// checkpolicy keeps 16 bits of some numbers, and says nothing when there are more.
    mutating func cutTo16Bits(_ number: UInt32) -> UInt32 {
        guard number > 0xffff else { return number }
        let node = syntax.nodes[Int(currentNode)]
        diagnostics.report(
            .warning, "number-cut", "\(number) does not fit in 16 bits: the image will hold \(number & 0xffff)",
            at: text.span(at: Int(node.offset), length: Int(node.end - node.offset)),
            notes: ["checkpolicy does the same without a warning"])
        return number & 0xffff
    }

    mutating func isAscending(_ low: UInt64, _ high: UInt64) -> Bool {
        guard low > high else { return true }
        reportOverlap("the range \(hex(low))-\(hex(high)) is not in ascending order", code: "descending-range")
        return false
    }

    func hex(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}
