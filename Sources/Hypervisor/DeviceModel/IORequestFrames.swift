/// Which frames of the guest's are free for ioreq servers that ask for frames: parameters of the domain say which there are
/// (Xen, xen/arch/x86/hvm/ioreq.c: `hvm_alloc_ioreq_gfn`).
struct IORequestFrames: Hashable, Sendable {
    /// From `HVM_PARAM_IOREQ_SERVER_PFN` on, by bit: as many as `HVM_PARAM_NR_IOREQ_SERVER_PAGES` says, less those in use.
    private var free: UInt64 = 0
    /// `HVM_PARAM_IOREQ_PFN` and `HVM_PARAM_BUFIOREQ_PFN`, by the parameter's number.
    private var freeSingle: UInt64 = 0

    private static let singles: [HVMParameter] = [.ioRequestFrame, .bufferedIORequestFrame]

    /// A parameter was set to another value. In Xen who sets the same number again frees frames that are in use.
    mutating func set(_ parameter: HVMParameter, _ value: UInt64) {
        switch parameter {
        case .serverFrameCount: free |= value >= 64 ? .max : (1 << value) - 1
        case .ioRequestFrame, .bufferedIORequestFrame: if value != 0 { freeSingle |= 1 << UInt64(parameter.rawValue) }
        default: break
        }
    }

    /// Takes a frame; nil when there is none.
    ///
    /// When all frames are in use that servers share, Xen looks at the two of the older parameters, and takes one that is not
    /// free for one that is: frame zero where nobody has set the parameter. `isStrict` takes one that is free.
    mutating func take(_ hvm: HVMState, isStrict: Bool) -> UInt64? {
        if free != 0 {
            let bit = UInt64(free.trailingZeroBitCount)
            free &= free - 1
            return hvm[.serverFrames] &+ bit
        }
        for parameter in Self.singles {
            let bit: UInt64 = 1 << UInt64(parameter.rawValue)
            let wasFree = freeSingle & bit != 0
            freeSingle &= ~bit
            if wasFree == isStrict { return hvm[parameter] }
        }
        return nil
    }

    /// Gives a frame back.
    mutating func give(_ frame: UInt64, _ hvm: HVMState) {
        if let parameter = Self.singles.first(where: { hvm[$0] == frame }) {
            return freeSingle |= 1 << UInt64(parameter.rawValue)
        }
        let bit = frame &- hvm[.serverFrames]
        if bit < 64 { free |= 1 << bit }
    }

    /// Whether a frame is one of those that servers share, and free.
    func isFree(_ frame: UInt64, _ hvm: HVMState) -> Bool {
        let bit = frame &- hvm[.serverFrames]
        return bit < 64 && free >> bit & 1 == 1
    }
}
