/// What a `flask_op` hypercall may ask for, by its number (xen/include/public/xsm/flask_op.h).
public enum FlaskCommand: UInt32, Hashable, Sendable, CaseIterable {
    case load = 1
    case getEnforce = 2
    case setEnforce = 3
    case contextToSID = 4
    case sidToContext = 5
    case access = 6
    case create = 7
    case relabel = 8
    /// No hypervisor does this any more.
    case user = 9
    case policyVersion = 10
    case getBoolean = 11
    case setBoolean = 12
    case commitBooleans = 13
    case mls = 14
    /// No hypervisor does this any more.
    case disable = 15
    case getCacheThreshold = 16
    case setCacheThreshold = 17
    case cacheHashStatistics = 18
    case cacheStatistics = 19
    case member = 20
    case addObjectContext = 21
    case removeObjectContext = 22
    case getPeerSID = 23
    case relabelDomain = 24
    case labelDeviceTreeNode = 25
}

extension FlaskCommand {
    /// Whether arguments are given back when the operation succeeds (Xen, xen/xsm/flask/flask_op.c: `FLASK_COPY_OUT`).
    var givesBack: Bool {
        switch self {
        case .contextToSID, .sidToContext, .access, .create, .relabel, .user, .getBoolean, .setBoolean, .cacheHashStatistics,
            .cacheStatistics, .member, .getPeerSID:
            true
        case .load, .getEnforce, .setEnforce, .policyVersion, .commitBooleans, .mls, .disable, .getCacheThreshold,
            .setCacheThreshold, .addObjectContext, .removeObjectContext, .relabelDomain, .labelDeviceTreeNode:
            false
        }
    }
}
