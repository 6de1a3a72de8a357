/// What a version of Landlock's interface can forbid (Linux, include/uapi/linux/landlock.h).
struct LandlockAccess {
    /// Accesses to files, to the network, and to what lies outside: all are forbidden unless a rule allows them.
    let files: UInt64
    let network: UInt64
    let scopes: UInt64

    private static let execute: UInt64 = 1 << 0
    private static let writeFile: UInt64 = 1 << 1
    private static let readFile: UInt64 = 1 << 2
    private static let readFolder: UInt64 = 1 << 3
    private static let truncate: UInt64 = 1 << 14
    private static let deviceControl: UInt64 = 1 << 15

    init(version: Int32) {
        // 13 accesses at first; then renaming across folders, truncating, and control of devices.
        var files: UInt64 = (1 << 13) - 1
        if version >= 2 { files |= 1 << 13 }
        if version >= 3 { files |= Self.truncate }
        if version >= 5 { files |= Self.deviceControl }
        self.files = files
        // Binding and connecting by TCP.
        network = version >= 4 ? 3 : 0
        // Abstract sockets and signals.
        scopes = version >= 6 ? 3 : 0
    }

    /// What a rule allows, of a folder or of a file.
    func allowed(_ access: LandlockRule.Access, isFolder: Bool) -> UInt64 {
        var wanted = Self.readFile
        if isFolder { wanted |= Self.readFolder }
        switch access {
        case .read: break
        case .readAndExecute: wanted |= Self.execute
        case .readAndWrite: wanted |= Self.writeFile | Self.truncate | Self.deviceControl
        }
        return wanted & files
    }
}
