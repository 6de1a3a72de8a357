import Diagnostics
import Flask
import Foundation
import PolicyCompiler
import TestSupport
import Testing

/// The compiler against checkpolicy: the same verdict on every policy, and the same bytes where there are any.
@Suite(.serialized)
struct CheckpolicyTests {
    /// Small policies, each about one thing, with what checkpolicy makes of them.
    struct Probe: Decodable, Sendable {
        struct Result: Decodable, Sendable {
            let accepted: Bool
            let sha256: String?
        }

        let file: String
        let what: String
        let mls: Bool
        let results: [String: Result]

        var url: URL { Self.folder.appendingPathComponent(file) }

        static let folder = Peers.repository.appendingPathComponent("Tests/Corpus/probes")

        static func all() throws -> [Probe] {
            try JSONDecoder().decode([Probe].self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
        }

        /// Probes that we accept and checkpolicy does not.
        static let friendlier = [
            "096.conf": "lines may end in CRLF",
            "100.conf": "lines may be of any length",
            "101.conf": "names may be of any length",
        ]
    }

    @Test("Every probe has the verdict and the image that checkpolicy gave it when it was recorded")
    func recordedProbes() throws {
        let targets: [(key: String, target: Policy.Target, version: UInt32)] = [
            ("xen v24", .xen, 24), ("xen v30", .xen, 30), ("selinux v33", .selinux, 33),
        ]
        let layouts: [(key: String, layout: ImageLayout)] = [
            ("3.5", .checkpolicy3_5), ("3.6+", .checkpolicy3_6),
        ]
        let folder = try TemporaryFolder()
        var expected: [String: String] = [:]
        let probes = try Probe.all()
        #expect(probes.count == 167)
        for probe in probes {
            for (targetKey, target, version) in targets {
                for (layoutKey, layout) in layouts {
                    let key = "\(targetKey) layout \(layoutKey)"
                    guard let result = probe.results[key] else { continue }
                    let options = CompileOptions(
                        target: target, version: version, isMLS: probe.mls, layout: layout, lints: false)
                    let bytes = try Self.image(of: probe.url, options)
                    let isFriendlier = Probe.friendlier[probe.file] != nil
                    #expect(
                        (bytes != nil) == (result.accepted || isFriendlier), "\(probe.file) (\(probe.what)), \(key)")
                    if let bytes, let sum = result.sha256, result.accepted {
                        let name = "\(probe.file)-\(key)".replacingOccurrences(of: " ", with: "-")
                        try Data(bytes).write(to: folder.url.appendingPathComponent(name))
                        expected[name] = sum
                    }
                }
            }
        }
        let sums = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["sha256sum"] + expected.keys.sorted(), in: folder.url)
        var seen = 0
        for line in sums.text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 2 else { continue }
            seen += 1
            #expect(words[0] == expected[words[1]], "\(words[1]): the image differs from checkpolicy's")
        }
        #expect(seen == expected.count)
    }

    /// The image of a file, compiled in this process; nil where it is refused.
    private static func image(of file: URL, _ options: CompileOptions) throws -> [UInt8]? {
        var map = SourceMap()
        let source = try map.add(name: file.lastPathComponent, bytes: Array(Data(contentsOf: file)))
        guard let policy = Compiler.compile(MappedText(source), options: options, map: &map).policy else { return nil }
        return Compiler.image(of: policy, options: options).bytes
    }

    @Test("Every probe has the verdict and the image of the installed checkpolicy, for every version of an image")
    func installedProbes() async throws {
        guard let peer = Peers.required(Peers.checkpolicy, "checkpolicy") else { return }
        let folder = try TemporaryFolder()
        let place = folder.url
        var jobs: [(probe: Probe, isXen: Bool, version: Int)] = []
        // All versions of each probe with XSM_LONG; else every fourth, of the next probe the next.
        let isLong = ProcessInfo.processInfo.environment["XSM_LONG"] != nil
        for (index, probe) in try Probe.all().enumerated() where Probe.friendlier[probe.file] == nil {
            for version in [24, 30] { jobs.append((probe, true, version)) }
            for version in 15...33 where isLong || (index + version) % 4 == 0 { jobs.append((probe, false, version)) }
        }
        let reports = try await inPairs(jobs) { probe, isXen, version -> String? in
            let image = place.appendingPathComponent("\(probe.file)-\(isXen)-\(version)")
            defer { try? FileManager.default.removeItem(at: image) }
            let theirs = try ProcessResult.run(
                peer,
                ["-t", isXen ? "xen" : "selinux", "-c", "\(version)"] + (probe.mls ? ["-M"] : [])
                    + [probe.url.path, "-o", image.path])
            // What it aborts on is no verdict.
            if theirs.wasKilled { return nil }
            let expected = theirs.status == 0 ? Array(try Data(contentsOf: image)) : nil
            let options = CompileOptions(
                target: isXen ? .xen : .selinux, version: UInt32(version), isMLS: probe.mls, layout: .checkpolicy3_5,
                lints: false)
            if try Self.image(of: probe.url, options) == expected { return nil }
            return """
                \(probe.file) (\(probe.what)), \(isXen ? "Xen" : "SELinux") version \(version):                 \(expected == nil ? "only we accept it" : "refused or different")
                \(theirs.text)
                """
        }
        for report in reports.compactMap(\.self) { Issue.record(Comment(rawValue: report)) }
    }
}
