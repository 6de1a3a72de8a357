import Foundation
import Glibc
import TestSupport

extension Chapter.Need {
    /// What has to be installed, where it is not met; nil where it is.
    var missing: String? {
        switch self {
        case .root: geteuid() == 0 ? nil : "root"
        case .qemu: isThere("/usr/libexec/xen-qemu-system-i386") ? nil : "qemu-system-xen"
        case .shim: hasShim ? nil : "the client libraries (scripts/build-shim)"
        case .xen: isThere("/usr/lib/xen-4.17/bin/xl") ? nil : "xen-utils-4.17"
        case .python: isThere("/usr/bin/python3") ? nil : "python3"
        case .curl: isThere("/usr/bin/curl") ? nil : "curl"
        case .patch: isThere("/usr/bin/patch") ? nil : "patch"
        case .clickhouse: isThere("/usr/sbin/clickhouse-server") ? nil : "clickhouse-server"
        }
    }

    private func isThere(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Where the launcher looks for them.
    private var hasShim: Bool {
        guard let folder = BuiltPackage.launcher?.resolvingSymlinksInPath().deletingLastPathComponent() else { return false }
        return ["xen-shim", "../xen-shim", "../../xen-shim"].contains { FileManager.default.fileExists(atPath: folder.appending(path: $0 + "/libxencall.so.1").path) }
    }
}
