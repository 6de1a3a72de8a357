import DMRestrict
import Foundation
import Glibc
import Synchronization
import Testing
import TestSupport

/// `xsm-launch exec`, under a profile.
struct Launcher {
    let tool: URL
    let profile: URL
    /// Whom its programs become: nobody whom those of another test become, nor the corpus of escapes, so that each reaches its own processes only.
    let user: UInt32

    private static let users = Mutex<UInt32>(66_000)

    /// The exit status of a killed program: 128 and SIGSYS.
    static let refused: Int32 = 128 + 31

    /// Nil where there is no root to launch with: that is said, and in CI a failure.
    init?(profile: URL) {
        guard geteuid() == 0, let tool = BuiltPackage.launcher else {
            Peer.missing("\(geteuid() == 0 ? "xsm-launch" : "root"): no filter was tried in the kernel")
            return nil
        }
        self.tool = tool
        self.profile = profile
        user = Self.users.withLock { user in
            user += 1
            return user
        }
    }

    static let system = ["/usr:x", "/bin:x", "/lib:x", "/lib64:x"]

    func arguments(_ program: [String], bindings: [String], options: [String] = []) -> [String] {
        // Whether a kernel has Landlock is not what these tests are about.
        let waivers = HostAbilities.ofThisHost().landlockVersion == nil ? ["--waive", "landlock=this kernel has none"] : []
        return ["exec", "--user", "\(user):\(user)", "--profile", profile.path] + waivers + bindings.flatMap { ["--bind", $0] } + options + program
    }

    func run(_ program: String..., bindings: [String] = system, options: [String] = []) throws -> ProcessResult {
        try ProcessResult.run(tool, arguments(program, bindings: bindings, options: options))
    }
}
