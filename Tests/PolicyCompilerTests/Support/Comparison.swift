import Flask
import Foundation
import TestSupport

/// A text compiled by a checkpolicy and by xsm-compile.
struct Comparison: Sendable {
    enum Layout: String, Sendable { case old = "3.5", new = "3.6" }

    enum Outcome: Hashable, Sendable {
        /// Both wrote the same bytes.
        case same
        case bothRefuse
        case differentBytes
        case onlyWeAccept
        case onlyWeRefuse
        /// The peer crashed: there is nothing to agree with.
        case peerCrashed
        case weCrashed
    }

    let outcome: Outcome
    let peer: ProcessResult
    let ours: ProcessResult
    /// The images where both wrote one and they differ.
    let images: (peer: [UInt8], ours: [UInt8])?

    /// Differences that are meant, by what the peer says.
    static let deliberate: [(words: String, reason: String)] = [
        ("input buffer overflow, can't enlarge scanner buffer", "lines and tokens may be of any length"),
        ("token too large, exceeds YYLMAX", "lines and tokens may be of any length"),
        (
            "duplicate declaration of boolean F",
            "a boolean declared behind its requirement leaves checkpolicy with a word too many"
        ),
    ]

    /// Why a difference is meant; nil where it is a mistake, or there is none.
    var reason: String? {
        switch outcome {
        case .peerCrashed: "checkpolicy crashes"
        case .onlyWeAccept: Self.deliberate.first { peer.text.contains($0.words) }?.reason
        default: nil
        }
    }

    var isAgreement: Bool { outcome == .same || outcome == .bothRefuse || reason != nil }

    /// Compiles a file with both.
    init(
        of file: URL, isXen: Bool, isMLS: Bool, version: Int, layout: Layout, peer: URL, compiler: URL, in folder: URL
    ) throws {
        let name = "\(file.lastPathComponent)-\(isXen ? "x" : "s")\(version)-\(layout.rawValue)\(isMLS ? "m" : "")"
        let outputs = ["peer", "ours"].map { folder.appendingPathComponent("\(name).\($0)") }
        defer { for output in outputs { try? FileManager.default.removeItem(at: output) } }
        let common = ["-t", isXen ? "xen" : "selinux", "-c", String(version)] + (isMLS ? ["-M"] : [])
        self.peer = try ProcessResult.run(peer, common + [file.path, "-o", outputs[0].path])
        ours = try ProcessResult.run(
            compiler, common + ["--layout", layout.rawValue, "--no-lint", file.path, "-o", outputs[1].path])
        outcome =
            switch (self.peer.status == 0 && !self.peer.wasKilled, ours.status == 0 && !ours.wasKilled) {
            case (true, true): try Data(contentsOf: outputs[0]) == Data(contentsOf: outputs[1]) ? .same : .differentBytes
            case _ where ours.wasKilled || ours.status > 1: .weCrashed
            case _ where self.peer.wasKilled || self.peer.status > 128: .peerCrashed
            case (false, false): .bothRefuse
            case (true, false): .onlyWeRefuse
            case (false, true): .onlyWeAccept
            }
        images =
            outcome == .differentBytes
            ? (Array(try Data(contentsOf: outputs[0])), Array(try Data(contentsOf: outputs[1]))) : nil
    }

    /// What to say about a difference.
    func report(_ label: String) -> String {
        """
        \(label): \(outcome)
        --- peer
        \(peer.text.split(separator: "\n").suffix(8).joined(separator: "\n"))
        --- ours
        \(ours.text.split(separator: "\n").prefix(20).joined(separator: "\n"))
        """
    }

    /// Whether two images agree in everything but the types of roles: there checkpolicy 3.10, which the layout of 3.6
    /// follows, does more for attributes that `optional` blocks fill than the next Debian's 3.8.
    static func areEqualButForRoleTypes(_ a: [UInt8], _ b: [UInt8]) throws -> Bool {
        let images = try [a, b].map { bytes -> [UInt8] in
            let output = try ImageReader.read(bytes)
            var policy = output.policy
            for index in policy.roles.indices { policy.roles[index]?.types = [] }
            return try ImageWriter.write(policy, layout: .checkpolicy3_6, ruleTable: output.ruleTable).bytes
        }
        return images[0] == images[1]
    }
}
