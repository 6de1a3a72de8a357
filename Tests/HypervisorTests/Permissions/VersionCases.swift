import Flask

@testable import Hypervisor

/// `console_io` by dom0.
enum VersionCases {
    static let all: [PermissionCase] = [
        PermissionCase(
            name: "console_io: write", needs: [.init("dom0", "xen", "xen", "writeconsole", for: "current=d0")],
            run: { $0.call(.console, [0, 5, Lab.buffer]) }),
        PermissionCase(
            name: "console_io: read", needs: [.init("dom0", "xen", "xen", "readconsole", for: "current=d0")],
            run: { $0.call(.console, [1, 5, Lab.buffer]) }),
    ]
}
