import JSON

/// What a run without errors made, for programs that read its output.
public struct RunResult: Hashable, Sendable {
    /// The file; nil when nothing was written, `-` for the standard output.
    public let path: String?
    public let byteCount: Int
    /// The signature of the policy's kernel: `XenFlask` or `SE Linux`.
    public let target: String
    /// The version of the policy's binary form.
    public let version: Int
    /// The releases of Xen that load it, oldest first.
    public let releases: [String]

    public init(path: String?, byteCount: Int, target: String, version: Int, releases: [String]) {
        self.path = path
        self.byteCount = byteCount
        self.target = target
        self.version = version
        self.releases = releases
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("path", path)
            json.member("bytes", byteCount)
            json.member("target", target)
            json.member("version", version)
            json.member("releases", array: { json in for release in releases { json.value(release) } })
        }
    }
}
