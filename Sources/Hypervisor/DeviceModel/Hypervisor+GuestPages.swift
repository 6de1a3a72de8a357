import Flask
import Synchronization

// What a device model does to a guest's memory map (Xen, xen/arch/x86/hvm/dm.c). The lock is given back after every 256
// frames, where Xen looks whether it is to do something else.

extension Hypervisor {
    private static let batch: UInt64 = 256

    /// Tells which frames of a screen were written to. Throws `EINVAL`, `ESRCH` for a domain that dies, and `EFAULT`.
    func trackVideoMemory(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let (count, first) = (call.payload.word32(at: 0), call.payload.word64(at: 8))
        guard call.payload.word32(at: 4) == 0, call.buffers.count == 2, count <= 1 << 18 else { throw .invalidArgument }
        let size = call.buffers[1].size
        let bits = try with(call.domain) { (state) throws(XenErrorNumber) -> [UInt8] in
            guard !state.isDying else { throw .noSuchDomain }
            guard state.hasProcessor(0), (UInt64(count) + 7) / 8 <= size else { throw .invalidArgument }
            guard count > 0 else {
                state.memory.log.stopVideo()
                return []
            }
            return state.memory.log.takeVideoWrites(first, count)
        }
        guard count == 0 || call.caller.memory.write(bits, at: call.buffers[1].address) else { throw .badAddress }
    }

    /// Puts frames that the device model wrote to into the log, where there is one, beginning with the last extent; a screen's
    /// account is another thing, as in Xen. Throws `EINVAL` and `EFAULT`.
    func noteModifiedMemory(_ call: DeviceModelCall) throws(XenErrorNumber) {
        guard call.buffers.count == 2 else { throw .invalidArgument }
        let isLogging = try with(call.domain) { (state) throws(XenErrorNumber) in state.memory.log.isEnabled }
        guard isLogging else { return }
        let count = call.payload.word32(at: 0)
        var done = UInt64(call.payload.word32(at: 4))
        guard call.buffers[1].size / 16 >= UInt64(count) else { throw .invalidArgument }
        for index in (0..<UInt64(count)).reversed() {
            let extent = try call.caller.memory.structure(16, at: call.buffers[1].address &+ index * 16)
            let (length, first) = (UInt64(extent.word32(at: 0)), extent.word64(at: 8))
            let end = first &+ length
            guard extent.word32(at: 4) == 0, end > first, done < length else { throw .invalidArgument }
            var frame = first + done
            repeat {
                let next = min(frame + Self.batch, end)
                let range = frame..<next
                try with(call.domain) { (state) throws(XenErrorNumber) in
                    guard end <= state.memory.maximumFrame else { throw .invalidArgument }
                    for frame in range {
                        _ = state.memory.populate(frame)
                        if state.memory.type(of: frame).isMemory { state.memory.markDirty(frame) }
                    }
                }
                frame = next
            } while frame < end
            done = 0
        }
    }

    /// Makes other memory of frames: to be written, to be read, of a device. Throws `EINVAL` and `EOPNOTSUPP`. (Nobody
    /// pages memory out or shares it, for which Xen would say `EAGAIN`.)
    func setMemoryType(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let payload = call.payload
        guard payload.word16(at: 6) == 0 else { throw .invalidArgument }
        let (count, first) = (UInt64(payload.word32(at: 0)), payload.word64(at: 8))
        let last = first &+ count &- 1
        let types: [UInt16: FrameType] = [0: .memory, 1: .readOnlyMemory, 2: .deviceModel, 4: .claimedByServer]
        guard first <= last else { throw .invalidArgument }
        let type = try with(call.domain) { (state) throws(XenErrorNumber) -> FrameType in
            guard last <= state.memory.maximumFrame, let type = types[payload.word16(at: 4)] else { throw .invalidArgument }
            guard type == .claimedByServer else { return type }
            guard state.hasHAP else { throw .notSupported }
            guard state.deviceModel.memoryServer != nil else { throw .invalidArgument }
            return type
        }
        // A count of zero that begins at zero wraps to all there is, and does nothing.
        var frame = first
        let end = first &+ count
        while frame < end {
            let range = frame..<min(frame + Self.batch, end)
            try with(call.domain) { (state) throws(XenErrorNumber) in
                for frame in range {
                    _ = state.memory.populate(frame)
                    // Memory whose writes are looked for is of another type than other memory.
                    let isWatched = type == .claimedByServer && state.memory.log.watches(frame)
                    guard !isWatched, state.resources.mappedMemory[frame] == nil, state.memory.setType(type, at: frame) else {
                        throw .invalidArgument
                    }
                }
            }
            frame = range.upperBound
        }
    }

    /// Moves frames to other numbers, one after the other. Throws `EINVAL`, `EOVERFLOW`, and what moving one says.
    ///
    /// Xen counts in sixteen bits and goes on while some are left: where the lower bits are zero it does nothing and says
    /// that all is well.
    func relocateMemory(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let payload = call.payload
        guard payload.word32(at: 4) == 0 else { throw .invalidArgument }
        var left = UInt64(payload.word32(at: 0))
        var (source, target) = (payload.word64(at: 8), payload.word64(at: 16))
        repeat {
            let part = hooks.isStrict ? left : left & 0xffff
            guard target != .max else { throw .invalidArgument }
            guard !source.addingReportingOverflow(part).overflow, !target.addingReportingOverflow(part).overflow else {
                throw .valueTooLarge
            }
            guard part > 0 else { return }
            for start in stride(from: 0, to: part, by: Int(Self.batch)) {
                let range = start..<min(start + Self.batch, part)
                try with(call.domain) { (state) throws(XenErrorNumber) in
                    for index in range { try state.moveMemory(source + index, to: target + index) }
                }
            }
            left -= part
            source += part
            target += part
        } while left > 0
    }
}
