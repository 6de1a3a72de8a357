/// What `grant_table_op` can be asked for (Xen, xen/include/public/grant_table.h: `GNTTABOP_*`).
enum GrantCommand: UInt32, Hashable, Sendable, CaseIterable {
    case map = 0
    case unmap = 1
    case setUp = 2
    case dump = 3
    case transfer = 4
    case copy = 5
    case querySize = 6
    case unmapAndReplace = 7
    case setVersion = 8
    case getStatusFrames = 9
    case getVersion = 10
    case swap = 11
    case flushCache = 12

    /// The size of the structure of each.
    var size: Int {
        switch self {
        case .map: 32
        case .unmap, .unmapAndReplace, .setUp, .transfer: 24
        case .copy: 40
        case .querySize, .getStatusFrames, .flushCache: 16
        case .setVersion: 4
        case .getVersion: 8
        case .swap: 12
        case .dump: 0
        }
    }
}
