/// The error numbers of Xen's interface (xen/include/public/errno.h).
public enum XenErrorNumber: Int32, Error, Sendable {
    case operationNotPermitted = 1
    case noEntry = 2
    case noSuchDomain = 3
    case inputOutput = 5
    case noSuchAddress = 6
    case tooBig = 7
    case tryAgain = 11
    case outOfMemory = 12
    case permissionDenied = 13
    case badAddress = 14
    case busy = 16
    case exists = 17
    case crossDevice = 18
    case noDevice = 19
    case invalidArgument = 22
    case noSpace = 28
    case outOfDomain = 33
    case resultTooLarge = 34
    case notImplemented = 38
    case notEmpty = 39
    case noData = 61
    case protocolError = 71
    case badRequestNumber = 56
    case valueTooLarge = 75
    case illegalSequence = 84
    case restart = 85
    case messageTooLong = 90
    case notSupported = 95
    case noBufferSpace = 105
    case connectionRefused = 111
}
