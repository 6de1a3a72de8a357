import JSON

/// What a run without errors made, for programs that read its output.
public struct RunResult: Hashable, Sendable {
    /// The file; nil when nothing was written, `-` for the standard output.
    public let path: String?
    public let byteCount: Int
    /// The policy's kernel: `xen` or `selinux`.
    public let target: String
    /// The version of the policy's binary form.
    public let policyVersion: Int
    /// The releases of Xen that load it, oldest first.
    public let loadsOn: [String]

    public init(path: String?, byteCount: Int, target: String, policyVersion: Int, loadsOn: [String]) {
        self.path = path
        self.byteCount = byteCount
        self.target = target
        self.policyVersion = policyVersion
        self.loadsOn = loadsOn
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("path", path)
            json.member("bytes", byteCount)
            json.member("target", target)
            json.member("policyVersion", policyVersion)
            json.member("loadsOn", array: { json in for release in loadsOn { json.value(release) } })
        }
    }
}
