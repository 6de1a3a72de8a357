import Diagnostics
import Flask
import Foundation
import PolicyAnalysis
import PolicyCompiler
import TestSupport

/// The project's own policies, read as the tool reads them.
enum Trees {
    struct Reader: SourceReader {
        func contents(of path: String) throws(SourceReadError) -> [UInt8]? {
            (try? Data(contentsOf: URL(fileURLWithPath: path))).map(Array.init)
        }

        func entries(of directory: String) throws(SourceReadError) -> [String]? {
            (try? FileManager.default.contentsOfDirectory(atPath: directory))?.sorted()
        }
    }

    static func policy(_ name: String, release: String, isMLS: Bool = false, isLinted: Bool = false) throws -> AnalysedPolicy {
        var options = InputOptions()
        options.release = XenRelease(release)
        options.isMLS = isMLS
        options.isLinted = isLinted
        let path = BuiltPackage.repository.appendingPathComponent("Policies/\(name)").path
        return try AnalysedPolicy(treeAt: path, reader: Reader(), options: options)
    }

    /// A text for a target, if it compiles.
    static func policy(_ text: [UInt8], named name: String, target: Policy.Target) -> AnalysedPolicy? {
        var options = InputOptions()
        options.target = target
        options.version = target == .selinux ? 33 : nil
        return try? AnalysedPolicy(text, named: name, options: options)
    }
}
