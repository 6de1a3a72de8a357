import Flask
import PolicyCompiler

/// The image reader: any bytes as a binary policy, and everything that can be done with what it takes.
func exercise(_ bytes: [UInt8]) {
    guard let output = try? ImageReader.read(bytes) else { return }
    _ = output.policy.xenRejections().map { ($0.description, $0.message) }
    rewrite(output)
    var policy = output.policy.reread()
    _ = try? PolicyConfPrinter.text(of: policy, layout: .checkpolicy3_6)
    _ = try? CILPrinter.text(of: policy)
    try? policy.removeRedundantRules(ruleTable: output.ruleTable)
    policy.sortContexts()
    _ = try? ImageWriter.write(policy, layout: .checkpolicy3_5, ruleTable: output.ruleTable)
    policy.version = policy.target == .xen ? 24 : 18
    policy.isMLS = false
    _ = try? ImageWriter.write(policy, layout: .checkpolicy3_6)
}

/// What was read is sound: what is written of it can be read, and says the same when it is written again.
private func rewrite(_ output: ImageReader.Output) {
    if let first = try? ImageWriter.write(output.policy, layout: .checkpolicy3_6).bytes, let policy = readAgain(first) {
        let second = try? ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
        // Before version 20 libsepol reverses the rules of a condition each time, and so do we.
        if policy.version >= 20 { claim("writing again gives the same bytes", second == first) }
    }
    // As libsepol holds it, which reverses some rules each time.
    if let other = try? ImageWriter.rewrite(output, layout: .checkpolicy3_5).bytes { _ = readAgain(other) }
}

private func readAgain(_ bytes: [UInt8]) -> Policy? {
    do throws(ImageReadError) {
        return try ImageReader.read(bytes).policy
    } catch {
        claim("what was read and written can be read again: \(error)", false)
        return nil
    }
}
