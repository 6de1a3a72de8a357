import Foundation
import Testing

/// A program with which `xsm-compile` must agree, and how both are run.
struct DropInPeer: Sendable {
    let path: String
    /// The layout that it writes, as `--layout` takes it.
    let layout: String
    /// The best version for SELinux that it knows.
    let bestVersion: Int
    /// Whether it takes `-N`.
    let hasNeverallowOption: Bool

    static let installed = DropInPeer(path: "/usr/bin/checkpolicy", layout: "3.5", bestVersion: 33, hasNeverallowOption: false)
    static let next = DropInPeer(
        path: DropIn.repository.appendingPathComponent(".build/peers/checkpolicy").path, layout: "3.6", bestVersion: 34,
        hasNeverallowOption: true)

    /// Those that are there; what is missing is told.
    static var available: [DropInPeer] {
        [installed, next].filter { DropIn.isThere($0.path, "checkpolicy for layout \($0.layout)") }
    }
}

enum DropIn {
    static let repository: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    static let secilc = "/usr/bin/secilc"

    /// The tool: the one that `XSM_COMPILE` names, or the one that was built with the tests.
    static let tool: String? = {
        if let path = ProcessInfo.processInfo.environment["XSM_COMPILE"] { return path }
        guard let tests = Bundle.main.executableURL else { return nil }
        var folder = tests.deletingLastPathComponent()
        while folder.path != "/" {
            let found = folder.appendingPathComponent("xsm-compile").path
            if FileManager.default.isExecutableFile(atPath: found) { return found }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    /// Whether a program or file is there. Its absence fails the tests where everything must be tested.
    static func isThere(_ path: String, _ what: String) -> Bool {
        if FileManager.default.fileExists(atPath: path) { return true }
        if ProcessInfo.processInfo.environment["CI"] != nil {
            Issue.record("\(what) is not there: nothing was compared with it")
        } else {
            Issue.record("\(what) is not there: nothing was compared with it", severity: .warning)
        }
        return false
    }

    struct Run: Sendable {
        let status: Int32
        let isCrash: Bool
        let text: String
    }

    static func run(_ path: String, _ arguments: [String], in folder: URL? = nil) throws -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        ended.wait()
        return Run(
            status: process.terminationStatus, isCrash: process.terminationReason == .uncaughtSignal,
            text: String(decoding: data, as: UTF8.self))
    }

    /// Does something for each element, as many at a time as a small machine has cores.
    static func inParallel<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: [Result].self) { group in
            for worker in 0..<2 {
                group.addTask {
                    try stride(from: worker, to: elements.count, by: 2).map { try body(elements[$0]) }
                }
            }
            var results: [Result] = []
            for try await part in group { results += part }
            return results
        }
    }
}

/// The options of checkpolicy -b, -F, -C, -O and -S on one image, in both programs.
final class DropInComparison {
    let peer: DropInPeer
    let tool: String
    let source: String
    let isXen: Bool
    let isMLS: Bool
    let version: Int
    private let folder: URL
    private(set) var failures: [String] = []
    private(set) var agreements = 0

    init(peer: DropInPeer, tool: String, source: String, isXen: Bool, isMLS: Bool, version: Int) throws {
        self.peer = peer
        self.tool = tool
        self.source = source
        self.isXen = isXen
        self.isMLS = isMLS
        self.version = version
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("drop-in-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func contents(_ name: String) -> Data? { FileManager.default.contents(atPath: path(name)) }

    private var mls: [String] { isMLS ? ["-M"] : [] }
    private var target: [String] { ["-t", isXen ? "xen" : "selinux"] }
    private var unchecked: [String] { peer.hasNeverallowOption ? ["-N"] : [] }

    private var label: String {
        "\(source), layout \(peer.layout), \(isXen ? "Xen" : "SELinux") version \(version)\(isMLS ? " with MLS" : "")"
    }

    private func peer(_ arguments: [String]) throws -> DropIn.Run { try DropIn.run(peer.path, mls + arguments) }

    private func ours(_ arguments: [String]) throws -> DropIn.Run {
        try DropIn.run(tool, mls + ["--layout", peer.layout, "--no-lint"] + arguments)
    }

    /// Runs both with the same arguments and expects the same bytes, or two refusals.
    private func compare(_ arguments: [String], _ input: String) throws {
        let theirs = try peer(arguments + ["-o", path("peer"), input])
        let own = try ours(arguments + ["-o", path("ours"), input])
        defer { for name in ["peer", "ours"] { try? FileManager.default.removeItem(atPath: path(name)) } }
        if theirs.text.contains("Invalid ocontext") || theirs.isCrash { return }
        switch (theirs.status == 0, own.status == 0) {
        case (true, true) where contents("peer") == contents("ours"): agreements += 1
        case (false, false) where !own.isCrash: agreements += 1
        default:
            failures.append("\(label): \(arguments.joined(separator: " ")): \(theirs.text.suffix(200)) / \(own.text.suffix(300))")
        }
    }

    /// Compares everything; false when the peer does not compile the source at all.
    func run(hasCIL: Bool) throws -> Bool {
        let compiled = try peer(target + ["-c", "\(version)", "-o", path("image"), source])
        guard compiled.status == 0 else { return false }
        let image = path("image")
        let older = isXen ? 24 : version > 24 ? 24 : 19
        let oldest = isMLS ? 19 : 17
        try compare(["-b", "-c", "\(version)"], image)
        try compare(["-b", "-O", "-c", "\(version)"], image)
        try compare(["-b", "-O", "-S", "-c", "\(older)"], image)
        if !isXen { try compare(["-b", "-S", "-c", "\(oldest)"], image) }
        try compare(target + ["-O", "-c", "\(version)"], source)
        try compare(target + ["-O", "-S", "-c", "\(older)"], source)
        // A policy without rules can be compiled, but not read again.
        guard try !ours(["-b", image]).text.contains("there are no rules") else { return true }
        try comparePolicyConf(image)
        if hasCIL { try compareCIL(image) }
        return true
    }

    private func comparePolicyConf(_ image: String) throws {
        let version = ["-c", "\(version)"]
        let own = try ours(["-b", "-F"] + version + ["-o", path("ours.conf"), image])
        guard own.status == 0 else {
            // A policy of versions 20 to 23 cannot be written.
            let theirs = try peer(["-b", "-F"] + version + ["-o", path("peer.conf"), image])
            if theirs.status == 0 { failures.append("\(label): -F: \(own.text)") } else { agreements += 1 }
            return
        }
        let theirs = try peer(["-b", "-F"] + version + ["-o", path("peer.conf"), image])
        let common = target + version
        let again = try ours(unchecked + common + ["-o", path("ours.ours"), path("ours.conf")])
        guard again.status == 0 else { return failures.append("\(label): -F: we refuse what we wrote: \(again.text.suffix(400))") }
        let byPeer = try peer(unchecked + common + ["-o", path("ours.peer"), path("ours.conf")])
        guard byPeer.status == 0, contents("ours.ours") == contents("ours.peer") else {
            return failures.append("\(label): -F: checkpolicy makes something else of what we wrote: \(byPeer.text.suffix(300))")
        }
        if theirs.status == 0, try peer(unchecked + common + ["-o", path("peer.peer"), path("peer.conf")]).status == 0 {
            if contents("peer.peer") == contents("ours.peer") { agreements += 1 } else { failures.append("\(label): -F: another policy than checkpolicy's") }
        } else {
            // checkpolicy cannot read the image, or its own text: ours must at least come to a standstill.
            _ = try ours(["-b", "-F"] + version + ["-o", path("second.conf"), path("ours.ours")])
            if contents("second.conf") == contents("ours.conf") { agreements += 1 } else { failures.append("\(label): -F: the text changes when it is compiled and written again") }
        }
    }

    /// secilc must take what we write, and its policy must have the same policy.conf.
    private func compareCIL(_ image: String) throws {
        _ = try ours(["-b", "-F", "-c", "\(version)", "-o", path("expected.conf"), image])
        for (kind, arguments) in [("-b -C", ["-b", "-C", "-c", "\(version)", image]), ("-C", target + ["-C", "-c", "\(version)", source])] {
            let written = try ours(arguments + ["-o", path("cil")])
            guard written.status == 0 else {
                failures.append("\(label): \(kind): \(written.text)")
                continue
            }
            let compiled = try DropIn.run(
                DropIn.secilc, ["-N", "-Q", "-c", "\(version)"] + target + ["-f", "/dev/null", "-o", path("cil.image"), path("cil")])
            // secilc wants a rule that is about somebody.
            if compiled.text.contains("Policy must include at least one avrule") { continue }
            guard compiled.status == 0 else {
                failures.append("\(label): \(kind): secilc refuses it: \(compiled.text.suffix(300))")
                continue
            }
            _ = try ours(["-b", "-F", "-c", "\(version)", "-o", path("cil.conf"), path("cil.image")])
            let expected = meaning("expected.conf")
            let found = meaning("cil.conf")
            if expected == found {
                agreements += 1
            } else {
                let difference = expected.symmetricDifference(found).sorted().prefix(4).joined(separator: "\n")
                failures.append("\(label): \(kind): another policy:\n\(difference)")
            }
        }
    }

    /// The statements of a policy.conf without what decides nothing: rules of attributes without types, which secilc
    /// leaves out, and without MLS comparisons of levels, which are always the same.
    private func meaning(_ name: String) -> Set<String> {
        let lines = String(decoding: contents(name) ?? Data(), as: UTF8.self).split(separator: "\n")
        func names(_ line: Substring) -> [Substring] { line.split { " ,:;{}".contains($0) } }
        var members: Set<Substring> = []
        for line in lines where line.hasPrefix("typeattribute ") { members.formUnion(names(line).dropFirst(2)) }
        var empty: Set<Substring> = []
        for line in lines where line.hasPrefix("attribute ") {
            if let attribute = names(line).last, !members.contains(attribute) { empty.insert(attribute) }
        }
        var result: Set<String> = []
        for line in lines {
            let words = names(line)
            if line.contains(":"), words.dropFirst().prefix(2).contains(where: { empty.contains($0) }) { continue }
            if !isMLS, line.hasPrefix("constrain "), line.contains("l1 ") || line.contains("h1 ") || line.contains("l2 ") || line.contains("u1 == u2 ") {
                continue
            }
            // Everybody has `object_r`, whether a user's roles say so or not.
            guard line.hasPrefix("user ") else {
                result.insert(String(line))
                continue
            }
            result.insert(line.split(separator: " ").filter { !["{", "}", "object_r", "roles"].contains($0) }.joined(separator: " "))
        }
        return result
    }
}
