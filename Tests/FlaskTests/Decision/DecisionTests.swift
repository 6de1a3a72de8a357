import Flask
import TestSupport
import Testing

/// Decisions from tables are those of the definition.
struct DecisionTests {
    /// Every question that can be asked of small policies, for the types, and for several users, roles and levels.
    @Test(arguments: 0..<48)
    func agreesWithTheDefinition(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed) &+ 0xF1A5)
        let policy = RandomPolicy.make(seed: UInt64(seed), isMLS: seed % 2 == 0, hasBounds: seed % 3 == 0)
        let loaded = try LoadedPolicy(policy)
        let reference = ReferenceDecision(policy)
        var contexts: [SecurityContext] = []
        for type in policy.types.indices where policy.types[type]?.isAttribute == false {
            for _ in 0..<2 {
                var context = RandomPolicy.context(of: policy, using: &random)
                context.type = UInt32(type + 1)
                contexts.append(context)
            }
        }
        for source in contexts {
            for target in contexts {
                for objectClass in 1...UInt16(policy.classes.count) {
                    try compare(loaded, reference, source, target, objectClass, "seed \(seed)")
                    let process = contexts.randomElement(using: &random)!
                    #expect(
                        try loaded.allowsTransition(from: source, to: target, by: process, objectClass: objectClass)
                            == reference.allowsTransition(source, target, process, objectClass), "seed \(seed)")
                }
            }
        }
    }

    /// The same after booleans have changed.
    @Test(arguments: 200..<224)
    func booleansDecide(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let policy = RandomPolicy.make(seed: UInt64(seed), isMLS: false, hasBounds: false)
        let loaded = try LoadedPolicy(policy)
        for _ in 0..<4 {
            let values = policy.booleans.map { _ in Bool.random(using: &random) }
            let changed = try #require(loaded.setting(values))
            let reference = ReferenceDecision(policy, booleans: values)
            for _ in 0..<40 {
                let source = RandomPolicy.context(of: policy, using: &random)
                let target = RandomPolicy.context(of: policy, using: &random)
                let objectClass = UInt16.random(in: 1...UInt16(policy.classes.count), using: &random)
                try compare(changed, reference, source, target, objectClass, "seed \(seed), booleans \(values)")
            }
        }
        #expect(loaded.setting(policy.booleans.map(\.value) + [true]) == nil)
    }

    private func compare(
        _ loaded: LoadedPolicy, _ reference: ReferenceDecision, _ source: SecurityContext, _ target: SecurityContext,
        _ objectClass: UInt16, _ comment: Comment
    ) throws {
        var found: [BoundsViolation] = []
        var expected: [BoundsViolation] = []
        let decision = try loaded.accessDecision(
            source: source, target: target, objectClass: objectClass, violations: &found)
        #expect(decision == reference.accessDecision(source, target, objectClass, &expected), comment)
        #expect(found == expected, comment)
        for purpose in LoadedPolicy.NewContext.allCases {
            #expect(
                try loaded.newContext(purpose, source: source, target: target, objectClass: objectClass)
                    == reference.newContext(purpose, source, target, objectClass), comment)
        }
    }

    /// Numbers that the policy does not have are errors, and a class that it does not have decides nothing.
    @Test func unknownNumbers() throws {
        let policy = SamplePolicy.xen()
        let loaded = try LoadedPolicy(policy)
        let context = policy.initialContexts[0].context
        #expect(throws: DecisionError.unknownClass(0)) {
            try loaded.accessDecision(source: context, target: context, objectClass: 0)
        }
        let beyond = UInt16(policy.classes.count + 1)
        #expect(throws: DecisionError.unknownClass(beyond)) {
            try loaded.accessDecision(source: context, target: context, objectClass: beyond)
        }
        #expect(try loaded.newContext(.transition, source: context, target: context, objectClass: beyond).role == 1)
        for (kind, broken) in [
            (SymbolKind.user, SecurityContext(user: 9, role: 2, type: 1)), (.role, SecurityContext(user: 1, role: 0, type: 1)),
            // Number 3 is that of an attribute of roles.
            (.role, SecurityContext(user: 1, role: 3, type: 1)), (.type, SecurityContext(user: 1, role: 2, type: .max)),
        ] {
            let number = kind == .user ? broken.user : kind == .role ? broken.role : broken.type
            #expect(throws: DecisionError.unknownSymbol(kind, number)) {
                try loaded.accessDecision(source: context, target: broken, objectClass: 1)
            }
        }
    }
}
