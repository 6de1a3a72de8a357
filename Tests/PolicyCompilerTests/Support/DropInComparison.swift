import Foundation
import TestSupport
import Testing

/// A program with which `xsm-compile` must agree, and how both are run.
struct DropInPeer: Sendable {
    let program: URL
    /// The layout that it writes, as `--layout` takes it.
    let layout: String
    /// The best version for SELinux that it knows.
    let bestVersion: Int
    /// Whether it takes `-N`.
    let hasNeverallowOption: Bool

    /// Those that are there; what is missing is told.
    static var available: [DropInPeer] {
        var peers: [DropInPeer] = []
        if let program = Peers.required(Peers.checkpolicy, "checkpolicy") {
            peers.append(DropInPeer(program: program, layout: "3.5", bestVersion: 33, hasNeverallowOption: false))
        }
        if let program = Peers.required(Peers.nextCheckpolicy, "the next Debian's checkpolicy") {
            peers.append(DropInPeer(program: program, layout: "3.6", bestVersion: 34, hasNeverallowOption: true))
        }
        return peers
    }
}

/// The options of checkpolicy -b, -F, -C, -O and -S on one image, in both programs.
final class DropInComparison {
    let peer: DropInPeer
    let tool: URL
    let source: String
    let isXen: Bool
    let isMLS: Bool
    let version: Int
    private let folder: TemporaryFolder
    private(set) var failures: [String] = []
    private(set) var agreements = 0

    init(peer: DropInPeer, tool: URL, source: String, isXen: Bool, isMLS: Bool, version: Int) throws {
        self.peer = peer
        self.tool = tool
        self.source = source
        self.isXen = isXen
        self.isMLS = isMLS
        self.version = version
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    private func contents(_ name: String) -> Data? { FileManager.default.contents(atPath: path(name)) }

    private var mls: [String] { isMLS ? ["-M"] : [] }
    private var target: [String] { ["-t", isXen ? "xen" : "selinux"] }
    private var unchecked: [String] { peer.hasNeverallowOption ? ["-N"] : [] }

    private var label: String {
        "\(source), layout \(peer.layout), \(isXen ? "Xen" : "SELinux") version \(version)\(isMLS ? " with MLS" : "")"
    }

    private func peer(_ arguments: [String]) throws -> ProcessResult { try .run(peer.program, mls + arguments) }

    private func ours(_ arguments: [String]) throws -> ProcessResult {
        try .run(tool, mls + ["--layout", peer.layout, "--no-lint"] + arguments)
    }

    /// What newer checkpolicies say of images that they have written themselves: context lists with an entry twice,
    /// and rules whose permissions are none of the class's. xsm-compile reads them.
    private static let refusalsOfOwnImages = ["Invalid ocontext", "Invalid access vector"]

    /// Runs both with the same arguments and expects the same bytes, or two refusals. What ours says.
    @discardableResult
    private func compare(_ arguments: [String], _ input: String) throws -> String {
        let theirs = try peer(arguments + ["-o", path("peer"), input])
        let own = try ours(arguments + ["-o", path("ours"), input])
        defer { for name in ["peer", "ours"] { try? FileManager.default.removeItem(atPath: path(name)) } }
        if theirs.wasKilled || Self.refusalsOfOwnImages.contains(where: theirs.text.contains) { return own.text }
        switch (theirs.status == 0, own.status == 0) {
        case (true, true) where try isSame("peer", "ours"): agreements += 1
        case (false, false) where !own.wasKilled: agreements += 1
        default:
            failures.append("\(label): \(arguments.joined(separator: " ")): \(theirs.text.suffix(200)) / \(own.text.suffix(300))")
        }
        return own.text
    }

    /// Whether two images are the same, but for the types of roles in the newer layout.
    private func isSame(_ first: String, _ second: String) throws -> Bool {
        guard let first = contents(first), let second = contents(second) else { return false }
        if first == second { return true }
        return try peer.layout == "3.6" && Comparison.areEqualButForRoleTypes(Array(first), Array(second))
    }

    /// Compares everything; false when the peer does not compile the source at all.
    func run(secilc: URL?) throws -> Bool {
        let compiled = try peer(target + ["-c", "\(version)", "-o", path("image"), source])
        guard compiled.status == 0 else { return false }
        let image = path("image")
        let older = isXen ? 24 : version > 24 ? 24 : 19
        let oldest = isMLS ? 19 : 17
        let said = try compare(["-b", "-c", "\(version)"], image)
        try compare(["-b", "-O", "-c", "\(version)"], image)
        try compare(["-b", "-O", "-S", "-c", "\(older)"], image)
        if !isXen { try compare(["-b", "-S", "-c", "\(oldest)"], image) }
        try compare(target + ["-O", "-c", "\(version)"], source)
        try compare(target + ["-O", "-S", "-c", "\(older)"], source)
        // A policy without rules can be compiled, but not read again.
        guard !said.contains("there are no rules") else { return true }
        try comparePolicyConf(image)
        if let secilc { try compareCIL(image, secilc) }
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

    /// secilc must take what we write, and its policy must have the same policy.conf: the one that is there from before.
    private func compareCIL(_ image: String, _ secilc: URL) throws {
        for (kind, arguments) in [("-b -C", ["-b", "-C", "-c", "\(version)", image]), ("-C", target + ["-C", "-c", "\(version)", source])] {
            let written = try ours(arguments + ["-o", path("cil")])
            guard written.status == 0 else {
                failures.append("\(label): \(kind): \(written.text)")
                continue
            }
            let compiled = try ProcessResult.run(
                secilc, ["-N", "-Q", "-c", "\(version)"] + target + ["-f", "/dev/null", "-o", path("cil.image"), path("cil")])
            // secilc wants a rule that is about somebody.
            if compiled.text.contains("Policy must include at least one avrule") { continue }
            guard compiled.status == 0 else {
                failures.append("\(label): \(kind): secilc refuses it: \(compiled.text.suffix(300))")
                continue
            }
            _ = try ours(["-b", "-F", "-c", "\(version)", "-o", path("cil.conf"), path("cil.image")])
            let expected = meaning("ours.conf")
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
            result.insert(words.filter { !["object_r", "roles"].contains($0) }.joined(separator: " "))
        }
        return result
    }
}
