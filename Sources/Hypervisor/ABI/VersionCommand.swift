/// What `xen_version` can be asked (Xen, xen/include/public/version.h: `XENVER_*`).
enum VersionCommand: UInt32, Hashable, Sendable, CaseIterable {
    case version = 0
    case extraVersion = 1
    case compileInfo = 2
    case capabilities = 3
    case changeset = 4
    case platformParameters = 5
    case features = 6
    case pageSize = 7
    case guestHandle = 8
    case commandLine = 9
    case buildID = 10
}
