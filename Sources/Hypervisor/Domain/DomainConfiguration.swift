/// What a domain was created with, `struct xen_domctl_createdomain` (Xen, xen/include/public/domctl.h).
struct DomainConfiguration: Hashable, Sendable {
    struct Flags: OptionSet, Hashable, Sendable {
        let rawValue: UInt32
        static let hvm = Flags(rawValue: 1 << 0)
        static let hap = Flags(rawValue: 1 << 1)
        static let xenStore = Flags(rawValue: 1 << 4)
        static let iommu = Flags(rawValue: 1 << 5)
        static let all = Flags(rawValue: (1 << 8) - 1)
    }

    var flags: Flags = []
    var iommuOptions: UInt32 = 0
    var maximumProcessors: UInt32 = 1
    var maximumEventPort = UInt32(Int32.max)
    var maximumGrantFrames: Int32 = 64
    var maximumMaptrackFrames: Int32 = 1_024
    var grantVersion: UInt32 = 2
    var traceSize: UInt32 = 0
    var emulatedDevices: UInt32 = 0
    var miscellaneous: UInt32 = 0
}
