import Diagnostics
import Flask
import PolicyCompiler

/// The compiler: any text as a policy.conf, from its bytes to the image and to what is said about it.
///
/// The first two bytes say what stands on the command line; the rest is the text.
func exercise(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return }
    let options = options(bytes[0], bytes[1])
    var map = SourceMap()
    guard let file = try? map.add(name: "policy.conf", bytes: Array(bytes.dropFirst(2))) else { return }
    let output = Compiler.compile(MappedText(file), options: options, map: &map)
    let counts = DiagnosticCounts(of: output.diagnostics)
    claim("a policy comes without errors, and only so", (output.policy == nil) == (counts.errors > 0))
    show(output.diagnostics, counts, map)
    guard let policy = output.policy else { return }
    let image = Compiler.image(of: policy, options: options)
    _ = try? PolicyConfPrinter.text(of: policy, layout: options.layout)
    _ = try? CILPrinter.text(of: policy)
    _ = policy.xenRejections()
    guard let written = image.bytes else {
        claim("it is said why there is no image", !image.diagnostics.isEmpty)
        return
    }
    do {
        let reread = try ImageReader.read(written)
        claim("the reader reads all of an image of ours", reread.trailingByteCount == 0)
    } catch {
        claim("an image of ours cannot be read: \(error)", false)
    }
}

private func options(_ first: UInt8, _ second: UInt8) -> CompileOptions {
    let targets: [Policy.Target?] = [nil, .xen, .selinux, .selinux]
    let target = targets[Int(first & 3)]
    let version: UInt32? =
        switch (second >> 2 & 7, target) {
        case (1, _): 24
        case (2, _): 30
        case (3, .selinux?): 15
        case (4, .selinux?): 21
        case (5, .selinux?): 33
        default: nil
        }
    return CompileOptions(
        target: target, version: version, isMLS: first & 4 != 0, layout: first & 8 != 0 ? .checkpolicy3_5 : .checkpolicy3_6,
        checksAssertions: first & 16 == 0, lints: first & 32 == 0, optimizes: first & 64 != 0,
        sortsContexts: first & 128 != 0, errorLimit: second & 1 != 0 ? 100 : nil)
}

private func show(_ diagnostics: [Diagnostic], _ counts: DiagnosticCounts, _ map: SourceMap) {
    _ = TextRenderer(style: .ansi).render(diagnostics, in: map)
    _ = JSONRenderer().render(diagnostics, in: map, counts: counts)
}
