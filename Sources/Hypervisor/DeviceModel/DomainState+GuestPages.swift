import Flask

// All that device-model operations know of a domain's memory map, and do to it.

extension DomainState {
    /// The highest frame that there is (Xen: `domain_get_maximum_gpfn`).
    var maximumFrame: UInt64 { deviceModel.pages.maximumFrame }

    /// What lies at a frame.
    func kind(of frame: UInt64) -> GuestPageTypes.Kind { deviceModel.pages[frame] }

    /// Makes a frame what ``GuestPageTypes/Kind/mayBecome(_:)`` allows.
    mutating func setKind(_ kind: GuestPageTypes.Kind, at frame: UInt64) { deviceModel.pages[frame] = kind }

    /// Whether there is memory whose writes go to an ioreq server.
    var hasServedMemory: Bool { deviceModel.pages.servedCount > 0 }

    /// Makes memory again of what is an ioreq server's, from a frame on.
    mutating func endService(from frame: UInt64) { deviceModel.pages.endService(from: frame) }

    /// Moves memory to another frame; what was there is given up. Throws `EINVAL` where there is none.
    mutating func moveFrame(_ frame: UInt64, to new: UInt64) throws(XenErrorNumber) {
        try deviceModel.pages.move(frame, to: new)
    }

    /// Whether all writes are kept account of (`XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY`).
    var isLoggingDirty: Bool { deviceModel.pages.isLoggingDirty }

    /// Somebody has written to a frame.
    mutating func noteWrite(_ frame: UInt64) { deviceModel.pages.write(frame) }
}
