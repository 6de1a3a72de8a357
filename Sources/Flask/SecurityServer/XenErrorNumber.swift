/// The error numbers of Xen's interface (xen/include/public/errno.h).
public enum XenErrorNumber: Int32, Error, Sendable {
    case operationNotPermitted = 1
    case noEntry = 2
    case noSuchDomain = 3
    case inputOutput = 5
    case noSuchAddress = 6
    case tooBig = 7
    case badDescriptor = 9
    case tryAgain = 11
    case outOfMemory = 12
    case permissionDenied = 13
    case badAddress = 14
    case busy = 16
    case exists = 17
    case crossDevice = 18
    case noDevice = 19
    case notDirectory = 20
    case invalidArgument = 22
    case noSpace = 28
    case tooManyLinks = 31
    case domainError = 33
    case resultTooLarge = 34
    case notImplemented = 38
    case notEmpty = 39
    case noData = 61
    case timerExpired = 62
    case protocolError = 71
    case badRequestNumber = 56
    case valueTooLarge = 75
    case illegalSequence = 84
    case restart = 85
    case messageTooLong = 90
    case notSupported = 95
    case addressNotAvailable = 99
    case noBufferSpace = 105
    case connectionRefused = 111
}

extension XenErrorNumber {
    /// The name of a number, as C has it: `EINVAL`; the number itself where it is not one of these.
    public static func name(_ number: Int32) -> String { Self(rawValue: number)?.name ?? String(number) }

    /// The name, as C has it.
    public var name: String {
        switch self {
        case .operationNotPermitted: "EPERM"
        case .noEntry: "ENOENT"
        case .noSuchDomain: "ESRCH"
        case .inputOutput: "EIO"
        case .noSuchAddress: "ENXIO"
        case .tooBig: "E2BIG"
        case .tryAgain: "EAGAIN"
        case .outOfMemory: "ENOMEM"
        case .permissionDenied: "EACCES"
        case .badAddress: "EFAULT"
        case .busy: "EBUSY"
        case .exists: "EEXIST"
        case .crossDevice: "EXDEV"
        case .noDevice: "ENODEV"
        case .invalidArgument: "EINVAL"
        case .noSpace: "ENOSPC"
        case .resultTooLarge: "ERANGE"
        case .notImplemented: "ENOSYS"
        case .noData: "ENODATA"
        case .protocolError: "EPROTO"
        case .badRequestNumber: "EBADRQC"
        case .valueTooLarge: "EOVERFLOW"
        case .restart: "ERESTART"
        case .messageTooLong: "EMSGSIZE"
        case .notSupported: "EOPNOTSUPP"
        case .noBufferSpace: "ENOBUFS"
        case .connectionRefused: "ECONNREFUSED"
        case .illegalSequence: "EILSEQ"
        case .notEmpty: "ENOTEMPTY"
        case .addressNotAvailable: "EADDRNOTAVAIL"
        case .timerExpired: "ETIME"
        case .domainError: "EDOM"
        case .tooManyLinks: "EMLINK"
        case .notDirectory: "ENOTDIR"
        case .badDescriptor: "EBADF"
        }
    }
}
