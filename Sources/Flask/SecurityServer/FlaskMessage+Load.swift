extension FlaskMessage {
    /// No table has more (Xen, xen/xsm/flask/ss/avtab.h: `MAX_AVTAB_SIZE`).
    private static var maximumSlots: Int { 8_192 }

    /// What is printed while a policy is read (Xen, xen/xsm/flask/ss/avtab.c: `avtab_alloc`, which makes a table for rules and
    /// another for those under conditions; xen/xsm/flask/ss/policydb.c: `policydb_index_others`).
    static func loading(_ policy: borrowing Policy) -> [FlaskMessage] {
        let rules = policy.rules.rules.count
        let slots = FlaskMessage("Flask: \(min(RuleOrder.slots(forReading: rules), maximumSlots)) avtab hash slots, \(rules) rules.")
        var symbols =
            "Flask:  \(policy.users.count) users, \(policy.roles.count) roles, \(policy.types.count) types, \(policy.booleans.count) bools"
        if policy.isMLS { symbols += ", \(policy.sensitivities.count) sens, \(policy.categories.count) cats" }
        return [slots, slots, FlaskMessage(symbols), FlaskMessage("Flask:  \(policy.classes.count) classes, \(rules) rules")]
    }
}

extension PolicyLoadError {
    /// What Xen prints when it refuses a policy for this, without `(XEN) `; nothing where it says nothing, or where its words
    /// are not known.
    public var xenMessages: [String] {
        switch self {
        case .image(let error):
            if case .wrongMagic(let number) = error.reason {
                // Of a policy that is loaded at run time: at boot nothing without this number is taken for a policy.
                [
                    "Flask:  policydb magic number 0x\(String(number, radix: 16)) does not match expected magic number 0x\(String(ImageVersion.magic, radix: 16))"
                ]
            } else {
                [error.xenMessage].compactMap(\.self)
            }
        case .rejected(let rejections): [rejections.first?.message].compactMap(\.self)
        case .vocabulary(let mismatch): [mismatch.xenMessage, "Flask:  the definition of a class is incorrect"]
        case .boundsTooDeep(let name): ["Flask: type \(name): too deep or looped boundary"]
        case .changesMLS(let isMLS):
            ["Cannot switch between \(isMLS ? "non-MLS and MLS" : "MLS and non-MLS") policies"]
        case .malformedConstraint, .tooLarge, .duplicateInitialSID, .notSpotless: []
        }
    }

    /// Whether Xen reads the symbols, and tells of them, before it meets this.
    var comesBehindSymbols: Bool {
        switch self {
        case .rejected(let rejections):
            switch rejections.first?.reason {
            case .invalidContext, .boundsTooDeep, .boundsExceeded, .boundedByAttribute, .contextsOfLinux, .genfsContexts: true
            case .version, .tableCounts, .classWithCommon, .relabellingProcessInConstraint, .filenameTransitions, .extendedPermissions,
                .duplicateRule, .conflictingTypeRule, .noRules, nil:
                false
            }
        case .vocabulary, .boundsTooDeep, .duplicateInitialSID, .notSpotless: true
        case .image, .malformedConstraint, .tooLarge, .changesMLS: false
        }
    }
}
