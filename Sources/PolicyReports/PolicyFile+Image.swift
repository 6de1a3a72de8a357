import Diagnostics
public import Flask
public import PolicyAnalysis
import PolicyCompiler

extension PolicyFile {
    /// The binary that a hypervisor of a release loads: what the file holds, or what its source compiles to for that release, its neverallow
    /// rules and bounds checked. A binary is handed over as it is, whatever it is: the hypervisor says what it has against it.
    public func image(for release: XenRelease) throws(InputFailure) -> [UInt8] {
        var options = InputOptions()
        options.release = release
        options.target = .xen
        options.checksAssertions = true
        let compiled: AnalysedPolicy
        if isFolder {
            compiled = try policy(options)
        } else {
            let bytes = try bytes()
            guard Self.isText(bytes) else { return bytes }
            compiled = try policy(bytes, options)
        }
        let image = Compiler.image(of: compiled.policy, layout: .checkpolicy3_6, ruleTable: .compiled)
        guard let bytes = image.bytes else { throw .notWritable(image.diagnostics.first?.message ?? "the policy cannot be written") }
        return bytes
    }

    /// Whether bytes can be the source of a policy, which is ASCII beside its comments: no binary is, since that begins with `0xf97cff8c`.
    private static func isText(_ bytes: [UInt8]) -> Bool { !bytes.isEmpty && !bytes.prefix(4_096).contains { $0 < 9 || $0 == 0x7f || $0 >= 0xf8 } }
}
