import Foundation
import TestSupport
import Testing

/// What fights back is ended all the same. These users are nobody else's: what other tests run as either would be ended too.
@Suite(.serialized) struct ReapTests {
    @Test func aSwarmThatFightsBackIsEnded() throws {
        guard try EscapeCorpus.ready() else { return }
        let swarm = Process()
        let output = Pipe()
        swarm.executableURL = EscapeCorpus.swarm
        swarm.arguments = ["70101", "12"]
        swarm.standardOutput = output
        try swarm.run()
        // It says so once it has killed somebody of its user who was none of it.
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "complete\n")
        let result = try ProcessResult.run(try EscapeCorpus.launcher(), ["reap", "70101", "--reaper", "70100", "--timeout", "5"])
        #expect(result.status == 0, "\(result.text)")
        swarm.waitUntilExit()
        // Its first process, which takes in all orphans, has none left, and did not wait for the end of its time.
        #expect(swarm.terminationStatus == 0)
        #expect(String(decoding: try output.fileHandleForReading.readToItsEnd(), as: UTF8.self).hasPrefix("ended after "))
    }

    @Test func rootIsNeitherReapedNorReaper() throws {
        guard try EscapeCorpus.ready() else { return }
        for words in [["0", "--reaper", "70100"], ["70101", "--reaper", "0"], ["70101", "--reaper", "70101"]] {
            let result = try ProcessResult.run(try EscapeCorpus.launcher(), ["reap"] + words)
            #expect(result.status == 1 && result.text.hasPrefix("error: "), "\(result.text)")
        }
    }
}
