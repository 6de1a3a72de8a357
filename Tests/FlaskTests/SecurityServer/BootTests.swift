import TestSupport
import Flask
import Testing

/// How Flask starts, and what it says of it.
struct BootTests {
    private let console = Console()
    private let policy = ReleasePolicy()

    private func boot(_ mode: BootMode, _ image: [UInt8]?) throws(BootError) -> SecurityServer? {
        try SecurityServer.boot(mode, policy: image, vocabulary: policy.vocabulary, console: console.write)
    }

    private let loading = [
        "Flask: 2 avtab hash slots, 1 rules.", "Flask: 2 avtab hash slots, 1 rules.",
        "Flask:  1 users, 2 roles, 15 types, 2 bools", "Flask:  13 classes, 1 rules",
    ]

    @Test("with a policy")
    func withPolicy() throws {
        let image = try policy.image()
        let server = try #require(try boot(.enforcing, image))
        #expect(server.isLoaded && server.isEnforcing)
        #expect(console.take() == loading + ["Flask:  Starting in enforcing mode."])
        let permissive = try #require(try boot(.permissive, image))
        #expect(permissive.isLoaded && !permissive.isEnforcing)
        #expect(console.take() == loading + ["Flask:  Starting in permissive mode."])
        let late = try #require(try boot(.late, image))
        #expect(!late.isLoaded && late.isEnforcing)
        #expect(console.take() == ["Flask:  Access controls disabled until policy is loaded."])
        _ = try late.load(image)
        #expect(late.isLoaded && late.isEnforcing)
        _ = console.take()
        #expect(try boot(.disabled, image) == nil)
        #expect(console.take() == ["Flask: Disabled at boot."])
    }

    @Test("without a policy that loads")
    func withoutPolicy() throws {
        #expect(throws: BootError.noPolicy) { try boot(.enforcing, nil) }
        #expect(console.take() == [])
        let cut = try Array(policy.image().dropLast())
        #expect(throws: BootError.self) { try boot(.enforcing, cut) }
        let server = try #require(try boot(.permissive, cut))
        #expect(!server.isLoaded)
        #expect(console.take().last == "Flask:  Access controls disabled until policy is loaded.")
    }

    @Test("what is refused is told in Xen's words")
    func refusals() throws {
        func lines(_ change: (inout Policy) -> Void, _ edit: (inout [UInt8]) -> Void = { _ in }) throws -> [String] {
            var other = policy
            other.change(change)
            var image = try other.image()
            edit(&image)
            #expect(throws: BootError.self) { try boot(.enforcing, image) }
            return console.take()
        }
        let definition = "Flask:  the definition of a class is incorrect"
        let names = policy.vocabulary.classes.map(\.name)
        #expect(
            try lines { $0.classes[12].name = "argox" } == loading + ["Flask:  class 13 is incorrect, found argox but should be \(names[12])", definition])
        #expect(
            try lines { $0.classes.removeLast() }.suffix(2) == ["Flask:  class \(names[12]) not defined in policy", definition])
        let permissions = policy.vocabulary.classes[0].permissions
        #expect(
            try lines { $0.classes[0].permissions.swapAt(0, 1); $0.classes[0].permissions = $0.classes[0].permissions.enumerated().map { .init(name: $1.name, number: UInt32($0 + 1)) } }
                == loading + ["Flask:  permission \(permissions[0]) in class xen has incorrect value", definition])
        #expect(
            try lines { $0.classes[0].permissions[3] = .init(name: "renamed", number: 4) }.suffix(2)
                == ["Flask:  permission \(permissions[3]) in class xen not found in policy", definition])
        #expect(
            try lines { $0.classes[0].permissions.removeLast(); $0.classes[0].permissionCount -= 1 }.suffix(2)
                == ["Flask:  permission \(permissions[permissions.count - 1]) in class xen not defined in policy", definition])
        #expect(try lines({ _ in }) { $0[16] = 31 } == ["Flask:  policydb version 31 does not match my version range 15-30"])
        #expect(try lines({ _ in }) { $0[16] = 29 } == ["Flask:  unable to find policy compat info for version 29 target 1"])
        #expect(try lines({ _ in }) { $0.removeLast() } == ["Flask: ebitmap: truncated map"])
        #expect(try lines { $0.rules.rules = [] } == ["Flask: avtab: table is empty"])
    }

    @Test("operations that no permission is known for")
    func unknownOperations() throws {
        let image = try policy.image()
        let server = try #require(try boot(.enforcing, image))
        _ = console.take()
        #expect(throws: SecurityServerError.unknownOperation) { try server.authorizeUnknown("domctl", 23) }
        #expect(console.take() == ["FLASK: Denying unknown domctl: 23."])
        server.setEnforcing(false)
        try server.authorizeUnknown("sysctl", -1)
        #expect(console.take() == ["FLASK: Allowing unknown sysctl: -1."])
        var allowing = policy
        allowing.change { $0.handleUnknown = .allow }
        let other = try #require(try boot(.enforcing, try allowing.image()))
        _ = console.take()
        try other.authorizeUnknown("platform_op", 99)
        #expect(console.take() == ["FLASK: Allowing unknown platform_op: 99."])
        #expect(SecurityServerError.unknownOperation.xenErrorNumber.rawValue == 1)
    }
}
