/// The error numbers of Xen's interface that Flask answers with (xen/include/public/errno.h).
public enum XenErrorNumber: Int32, Error, Sendable {
    case operationNotPermitted = 1
    case noEntry = 2
    case noSuchDomain = 3
    case outOfMemory = 12
    case permissionDenied = 13
    case badAddress = 14
    case exists = 17
    case invalidArgument = 22
    case resultTooLarge = 34
    case notImplemented = 38
    case noBufferSpace = 105
}
