import Foundation
import TestSupport
import Testing

/// Images of whole policies, made by our compiler.
enum PolicyImage: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case reference = "our reference policy"
    case referenceMLS = "our reference policy with MLS"
    case selinux = "SELinux's reference policy"
    case selinuxMLS = "SELinux's reference policy with MLS"

    var testDescription: String { rawValue }
    var isForXen: Bool { self == .reference || self == .referenceMLS }
    private var isMLS: Bool { self == .referenceMLS || self == .selinuxMLS }

    /// The image; nil, with the reason told, when it cannot be made here. Where everything must be tested, that is a
    /// failure.
    func bytes() throws -> [UInt8]? {
        guard let compiler = BuiltPackage.compiler else { return missing("xsm-compile") }
        let folder = try TemporaryFolder()
        let image = folder.url.appendingPathComponent("image")
        var arguments = ["--no-lint", "-o", image.path]
        if isForXen {
            arguments += ["--xen-release", "4.17", BuiltPackage.repository.appendingPathComponent("Policies/reference").path]
            if isMLS { arguments.append("--mls") }
        } else {
            guard SELinuxReferencePolicy.isThere else { return missing("Debian's selinux-policy-src") }
            let tree = try SELinuxReferencePolicy.shared(isMLS ? "mls" : "standard")
            arguments += ["-c", "33", tree.path]
        }
        let result = try ProcessResult.run(compiler, arguments)
        try #require(result.status == 0, "\(result.text)")
        return [UInt8](try Data(contentsOf: image))
    }

    private func missing(_ what: String) -> [UInt8]? {
        Peer.missing("\(what): \(rawValue) was not tested")
        return nil
    }
}
