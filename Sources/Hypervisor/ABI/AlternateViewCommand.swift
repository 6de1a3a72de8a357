/// What can be done with alternate views of a guest's memory (Xen, xen/include/public/hvm/hvm_op.h: `HVMOP_altp2m_*`).
enum AlternateViewCommand: UInt32, Hashable, Sendable, CaseIterable {
    case getState = 1
    case setState = 2
    case enableNotification = 3
    case create = 4
    case destroy = 5
    case change = 6
    case setAccess = 7
    case changeFrame = 8
    case setAccesses = 9
    case setSuppression = 10
    case getSuppression = 11
    case getAccess = 12
    case disableNotification = 13
    case getView = 14
    case setSuppressions = 15
    case setVisibility = 16
}
