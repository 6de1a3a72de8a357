import Flask
import Foundation
import TestSupport
import Testing

@Suite("The image reader")
struct ImageReaderTests {
    static let samples: [Policy] =
        [SamplePolicy.xen(), SamplePolicy.xen(isMLS: false), SamplePolicy.xen(version: 24)]
        + (15...35).map { SamplePolicy.selinux(version: $0) } + [SamplePolicy.selinux(version: 33, isMLS: false)]

    static let isLong = ProcessInfo.processInfo.environment["XSM_LONG"] != nil

    @Test("reads what was written", arguments: samples, ImageLayout.allCases)
    func roundTrip(policy: Policy, layout: ImageLayout) throws {
        let image = try ImageWriter.write(policy, layout: layout)
        let output = try ImageReader.read(image.bytes)
        #expect(output.trailingByteCount == 0)
        var expected = policy.canonical
        // What the version has no room for.
        if policy.version < 26 { expected.roleTransitions = [] }
        if policy.version < 21 { expected.rangeTransitions = [] }
        #expect(output.policy.canonical == expected)
        let again = try ImageWriter.write(output.policy, layout: layout)
        #expect(again.bytes == image.bytes)
        let second = try ImageReader.read(again.bytes)
        #expect(second.policy == output.policy)
    }

    @Test("reads what was written again", arguments: samples, ImageLayout.allCases)
    func rewriting(policy: Policy, layout: ImageLayout) throws {
        let output = try ImageReader.read(ImageWriter.write(policy, layout: layout).bytes)
        let rewritten = try ImageWriter.rewrite(output, layout: layout)
        let second = try ImageReader.read(rewritten.bytes)
        #expect(second.policy.canonical == output.policy.canonical)
    }

    @Test("reports bytes behind the policy")
    func trailingBytes() throws {
        let image = try ImageWriter.write(SamplePolicy.xen(), layout: .checkpolicy3_6)
        let output = try ImageReader.read(image.bytes + [1, 2, 3])
        #expect(output.trailingByteCount == 3)
    }

    @Test("refuses every beginning of an image", arguments: samples)
    func truncation(policy: Policy) throws {
        let bytes = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
        for length in bytes.indices {
            #expect(throws: ImageReadError.self) { try ImageReader.read(Array(bytes[..<length])) }
        }
    }

    @Test(
        "survives every changed byte",
        arguments: [SamplePolicy.xen(), SamplePolicy.xen(version: 24), SamplePolicy.selinux(version: 33), SamplePolicy.selinux(version: 18)])
    func changedBytes(policy: Policy) throws {
        let bytes = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
        let changes: [UInt8] = Self.isLong ? Array(1...255) : [1, 4, 32, 128, 255]
        for place in bytes.indices {
            for change in changes {
                var changed = bytes
                changed[place] ^= change
                Self.exercise(changed)
            }
        }
    }

    @Test("survives random changes", arguments: [SamplePolicy.xen(), SamplePolicy.selinux(version: 35)])
    func randomChanges(policy: Policy) throws {
        let bytes = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
        var generator = SplitMix64(seed: 7)
        for _ in 0..<RandomTest.cases(3_000) {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<changed.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: changed.remove(at: place)
                case 2: changed.insert(UInt8.random(in: 0...3, using: &generator), at: place)
                default:
                    // A count of many.
                    for index in place..<min(place + 4, changed.count) { changed[index] = 0xff }
                }
            }
            Self.exercise(changed)
        }
    }

    @Test("takes no memory for numbers without entries")
    func absurdCounts() throws {
        let bytes = try ImageWriter.write(SamplePolicy.xen(), layout: .checkpolicy3_6).bytes
        for place in stride(from: 32, to: bytes.count - 4, by: 4) {
            var changed = bytes
            changed.replaceSubrange(place..<place + 4, with: [0xff, 0xff, 0xff, 0x7f])
            Self.exercise(changed)
        }
    }

    /// Reads, and uses what can be read in every way.
    private static func exercise(_ bytes: [UInt8]) {
        guard let output = try? ImageReader.read(bytes) else { return }
        _ = output.policy.xenRejections().map { ($0.description, $0.message) }
        var policy = output.policy.reread()
        try? policy.removeRedundantRules(ruleTable: output.ruleTable)
        policy.sortContexts()
        _ = try? ImageWriter.write(policy, layout: .checkpolicy3_5, ruleTable: output.ruleTable)
        if policy.target == .selinux {
            policy.version = 18
            policy.isMLS = false
            _ = try? ImageWriter.write(policy, layout: .checkpolicy3_6)
        }
    }

    /// An image of version 30 may hold what descends; to write it for version 24 ended the process once.
    @Test("page frames of 64 bits are refused in any order", arguments: [(1, 1 << 40), (1 << 40, 1)] as [(UInt64, UInt64)])
    func pageFrames(low: UInt64, high: UInt64) throws {
        var policy = SamplePolicy.xen()
        policy.version = 24
        policy.deviceContexts.ioMemory = [.init(low: low, high: high, context: policy.initialContexts[0].context)]
        #expect(throws: ImageWriteError.ioMemoryTooHigh(1 << 40, version: 24)) {
            try ImageWriter.write(policy, layout: .checkpolicy3_6)
        }
    }

    @Test("says where and why")
    func errors() throws {
        let bytes = try ImageWriter.write(SamplePolicy.xen(), layout: .checkpolicy3_6).bytes
        func error(_ change: (inout [UInt8]) -> Void) -> ImageReadError? {
            var changed = bytes
            change(&changed)
            do throws(ImageReadError) {
                _ = try ImageReader.read(changed)
                return nil
            } catch {
                return error
            }
        }
        let error1 = error { $0[0] = 0x8d }
        #expect(error1 == ImageReadError(offset: 0, reason: .isModule))
        let error2 = error { $0[1] = 0 }
        #expect(error2 == ImageReadError(offset: 0, reason: .wrongMagic(0xf97c_008c)))
        let error3 = error { $0[8] = 0x59 }
        #expect(error3 == ImageReadError(offset: 8, reason: .unknownTarget("YenFlask")))
        let version = error { $0[16] = 31 }
        #expect(version == ImageReadError(offset: 16, reason: .unsupportedVersion(31, .xen)))
        #expect(version?.xenMessage == "Flask:  policydb version 31 does not match my version range 15-30")
        let error4 = error { $0[24] = 7 }
        #expect(error4?.reason == .wrongTableCounts(symbols: 7, contexts: 6))
        let error5 = error { $0[20] = 7 }
        #expect(error5?.reason == .invalidValue(6, .handleUnknown))
        let end = error { $0.removeLast() }
        #expect(end?.xenMessage == "Flask: ebitmap: truncated map")
    }
}

@Suite("What Xen has against a policy")
struct XenRejectionTests {
    private func reasons(_ change: (inout Policy) -> Void) -> [XenRejection.Reason] {
        var policy = SamplePolicy.xen()
        change(&policy)
        return policy.xenRejections().map(\.reason)
    }

    @Test("nothing against a good one")
    func none() {
        let found = reasons { _ in }
        #expect(found.isEmpty)
        #expect(SamplePolicy.xen(version: 24, isMLS: false).xenRejections().isEmpty)
    }

    @Test("versions and targets")
    func versions() {
        let version = reasons { $0.version = 31 }
        #expect(version.first == .version(31, .xen))
        let linux = SamplePolicy.selinux(version: 30).xenRejections()
        #expect(linux.first?.message == "Flask:  unable to find policy compat info for version 30 target 0")
        #expect(linux.contains { $0.reason == .classWithCommon("file") })
        #expect(linux.contains { $0.reason == .genfsContexts(count: 1) })
        #expect(linux.contains { $0.reason == .filenameTransitions(count: 1) })
        #expect(linux.contains { $0.reason == .extendedPermissions(count: 2) })
    }

    @Test("contexts whose parts do not belong together")
    func contexts() {
        let type = reasons { $0.initialContexts[0].context.type = 3 }
        #expect(type.count == 1)
        let user = reasons { $0.users[0]?.roles = [] }
        #expect(!user.isEmpty)
        let level = reasons { $0.initialContexts[0].context.range.low.sensitivity = 2 }
        #expect(level.count == 1)
        let object = reasons { $0.initialContexts[0].context.role = 1 }
        #expect(object.isEmpty)
    }

    @Test("bounds")
    func bounds() {
        let circle = reasons { $0.types[0]?.bounds = 4 }
        #expect(circle.contains(.boundsTooDeep(.type, "dom0_t")))
        let attribute = reasons { $0.types[3]?.bounds = 3 }
        #expect(attribute == [.boundedByAttribute("child_t", attribute: "domains")])
        let role = reasons {
            var bounded = Role(name: "guest_r")
            bounded.bounds = 2
            bounded.types = [2]
            $0.roles[2] = bounded
        }
        #expect(role == [.boundsExceeded(.role, "guest_r", has: "domains", bounds: "system_r")])
        let user = reasons { $0.users[0]?.bounds = 1 }
        #expect(user.contains(.boundsTooDeep(.user, "system_u")))
    }

    @Test("type rules that decide the same")
    func typeRules() {
        let rule = Rule(source: 1, target: 4, objectClass: 1, kind: .typeTransition, data: 1)
        let found = reasons { $0.conditionals[0].whenTrue.append(rule) }
        #expect(found == [.conflictingTypeRule])
    }
}
