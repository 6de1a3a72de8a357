import Foundation
import TestSupport
import Testing

@Suite("xsm-compile in the place of checkpolicy")
struct DropInTests {
    private struct Job: Sendable {
        let peer: DropInPeer
        let source: String
        let isXen: Bool
        let isMLS: Bool
        let version: Int
    }

    /// For every peer each source in each form: what the peer does not compile in a form is passed over.
    private static func jobs(_ sources: [String], _ peers: [DropInPeer], onlyXen: Bool = false) -> [Job] {
        var jobs: [Job] = []
        for peer in peers {
            for source in sources {
                for isMLS in [false, true] {
                    jobs.append(Job(peer: peer, source: source, isXen: true, isMLS: isMLS, version: 30))
                    if onlyXen { continue }
                    jobs.append(Job(peer: peer, source: source, isXen: true, isMLS: isMLS, version: 24))
                    jobs.append(Job(peer: peer, source: source, isXen: false, isMLS: isMLS, version: peer.bestVersion))
                }
            }
        }
        return jobs
    }

    /// Runs them all, records what differs, and gives the number of images and of agreements.
    private static func compare(_ jobs: [Job]) async throws -> (images: Int, agreements: Int) {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile") else { return (0, 0) }
        let secilc = Peers.required(Peers.secilc, "secilc")
        let results = try await inPairs(jobs) { job -> (Bool, Int, [String]) in
            let comparison = try DropInComparison(
                peer: job.peer, tool: tool, source: job.source, isXen: job.isXen, isMLS: job.isMLS, version: job.version)
            // secilc of Debian 12 is as old as its checkpolicy.
            let wasCompiled = try comparison.run(secilc: job.peer.layout == "3.5" ? secilc : nil)
            return (wasCompiled, comparison.agreements, comparison.failures)
        }
        for failure in results.flatMap(\.2) { Issue.record(Comment(rawValue: failure)) }
        return (results.count { $0.0 }, results.reduce(0) { $0 + $1.1 })
    }

    @Test("-b, -O, -S, -F and -C do on every probe what they do there")
    func probes() async throws {
        let peers = DropInPeer.available
        let folder = Peers.repository.appendingPathComponent("Tests/Corpus/probes")
        let isLong = ProcessInfo.processInfo.environment["XSM_LONG"] != nil
        let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".conf") }.sorted()
            .map { folder.appendingPathComponent($0).path }
        // All forms of each probe with XSM_LONG; else every eleventh, of the next probe the next. Each takes some twenty programs.
        let jobs = Self.jobs(sources, peers).enumerated().filter { isLong || $0.offset % 11 == 0 }.map(\.element)
        let result = try await Self.compare(jobs)
        // Of most forms a peer compiles no image: a probe for Xen is none for SELinux.
        if !peers.isEmpty { #expect(result.images > jobs.count / 8) }
    }

    @Test("-b, -O, -S, -F and -C do on random policies what they do there")
    func randomPolicies() async throws {
        let folder = try TemporaryFolder()
        var jobs: [Job] = []
        for peer in DropInPeer.available {
            // Few, since each is compiled with many options.
            for number in 0..<RandomTest.cases(300) / 10 {
                var form = RandomPolicy.Form()
                form.isXen = number % 2 == 0
                form.isMLS = number / 2 % 2 == 0
                form.isNew = peer.layout != "3.5"
                form.isLatest = false
                form.version = form.isXen ? 30 : min(peer.bestVersion, 33)
                let file = folder.url.appendingPathComponent("\(peer.layout)-\(number).conf")
                try Data(RandomPolicy.text(seed: UInt64(number), form).utf8).write(to: file)
                jobs.append(Job(peer: peer, source: file.path, isXen: form.isXen, isMLS: form.isMLS, version: form.version))
            }
        }
        _ = try await Self.compare(jobs)
    }

    @Test("-b, -O, -S, -F and -C do on the reference policy what they do there")
    func referencePolicy() async throws {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("policy.conf")
        let tree = Peers.repository.appendingPathComponent("Policies/reference").path
        let flattened = try ProcessResult.run(tool, ["--emit", file.path, "-o", "/dev/null", tree])
        #expect(flattened.status == 0, "\(flattened.text)")
        let result = try await Self.compare(Self.jobs([file.path], DropInPeer.available, onlyXen: true))
        if !DropInPeer.available.isEmpty { #expect(result.images > 0) }
    }

    @Test("-b, -O, -S, -F and -C do on SELinux's reference policy what they do there")
    func selinuxReferencePolicy() async throws {
        guard let source = try SELinuxReferencePolicy.text("mls") else { return }
        let jobs = DropInPeer.available.map { Job(peer: $0, source: source.path, isXen: false, isMLS: true, version: 33) }
        let result = try await Self.compare(jobs)
        #expect(result.images == jobs.count)
    }

    @Test("refuses what checkpolicy refuses")
    func refusals() throws {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let probe = Peers.repository.appendingPathComponent("Tests/Corpus/probes/000.conf").path
        for arguments in [["-C", "-F", "-b"], ["-F"], ["-b"], ["-b", "-M"]] {
            #expect(try ProcessResult.run(tool, arguments + [probe]).status == 1, "\(arguments)")
        }
        // Without a place for the text the command line is wrong.
        #expect(try ProcessResult.run(tool, ["-C", probe]).status == 2)
    }
}
