import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// `xen_version` tells who may not know something that it is denied, in place of text, or tells nothing. The line of the log is
/// as for everything.
@Suite struct VersionTests {
    struct Question: Sendable, CustomTestStringConvertible {
        let command: VersionCommand
        let permission: String
        let size: Int
        /// What is returned and where the text is when it is denied; nil where there is no text.
        var denied: Int64 = 0
        var granted: Int64 = 0
        var fields: [Int] = []

        var testDescription: String { permission }
    }

    static let questions: [Question] = [
        Question(command: .extraVersion, permission: "xen_extraversion", size: 16, fields: [0]),
        Question(command: .compileInfo, permission: "xen_compile_info", size: 144, fields: [0, 64, 80, 112]),
        Question(command: .capabilities, permission: "xen_capabilities", size: 1_024, fields: [0]),
        Question(command: .changeset, permission: "xen_changeset", size: 64, fields: [0]),
        Question(command: .pageSize, permission: "xen_pagesize", size: 0, granted: 4_096),
        Question(command: .guestHandle, permission: "xen_guest_handle", size: 16),
        Question(command: .commandLine, permission: "xen_commandline", size: 1_024, fields: [0]),
        Question(command: .buildID, permission: "xen_build_id", size: 0, denied: -1, granted: -61),
    ]

    @Test(arguments: questions) func isDenied(_ question: Question) throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.load(Lab.policy(without: ["version:\(question.permission)"]))
        #expect(lab.call(.version, [UInt64(question.command.rawValue), Lab.buffer], as: 1) == question.denied)
        let answer = lab.memory.read(max(question.size, 8), at: Lab.buffer) ?? []
        for field in question.fields { #expect(Array(answer[field..<field + 9]) == Array("<denied>".utf8) + [0]) }
        if question.command == .guestHandle { #expect(answer == [UInt8](repeating: 0, count: 16)) }
        let line =
            "avc:  denied  { \(question.permission) } for current=d1 scontext=system_u:system_r:guest "
            + "tcontext=system_u:system_r:xen tclass=version"
        #expect(lab.takeLines() == [line])
    }

    @Test(arguments: questions) func isToldWithItAlone(_ question: Question) throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.load(
            Lab.policy(only: [.init(source: "guest", target: "xen", objectClass: "version", permissions: [question.permission])]))
        #expect(lab.call(.version, [UInt64(question.command.rawValue), Lab.buffer], as: 1) == question.granted)
        let answer = lab.memory.read(max(question.size, 8), at: Lab.buffer) ?? []
        for field in question.fields { #expect(Array(answer[field..<field + 8]) != Array("<denied>".utf8)) }
        #expect(lab.takeLines() == [])
    }

    /// Three questions are everybody's.
    @Test(arguments: [VersionCommand.version, .platformParameters, .features])
    func isEverybodys(_ command: VersionCommand) throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.load(Lab.policy(only: []))
        _ = lab.memory.write([UInt8](repeating: 0, count: 8), at: Lab.buffer)
        #expect(lab.call(.version, [UInt64(command.rawValue), Lab.buffer], as: 1) >= 0)
        #expect(lab.takeLines() == [])
    }
}
