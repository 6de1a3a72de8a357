import Flask
import Synchronization

extension Hypervisor {
    /// `XENMEM_exchange`: pages for others, which only domains can that the hypervisor does not translate for
    /// (Xen, xen/common/memory.c: `memory_exchange`, xen/arch/x86/mm.c: `steal_page`). How many extents were exchanged is told
    /// in any case.
    func exchangeMemory(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(72, at: address)
        var failure: XenErrorNumber?
        do throws(XenErrorNumber) {
            guard try exchange(&call, caller) else { return 0 }
        } catch {
            failure = error
        }
        try caller.memory.put(64..<72, of: call, at: address)
        if let failure { throw failure }
        return 0
    }

    /// False when there is nothing to do.
    private func exchange(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> Bool {
        let input = (list: call.word64(at: 0), count: call.word64(at: 8), order: call.word32(at: 16), domain: call.word16(at: 24))
        let output = (list: call.word64(at: 32), count: call.word64(at: 40), order: call.word32(at: 48), domain: call.word16(at: 56))
        var done = call.word64(at: 64)
        guard max(input.order, output.order) <= mostOrder(caller) else { throw .operationNotPermitted }
        guard done <= input.count, input.domain == output.domain, UInt64.max >> UInt64(input.order) >= input.count,
            UInt64.max >> UInt64(output.order) >= output.count,
            input.count << UInt64(input.order) == output.count << UInt64(output.order)
        else { throw .invalidArgument }
        guard done < input.count else { return false }
        // A node that must be is none that a domain without privileges may ask for.
        let flags = call.word32(at: 52)
        if (flags >> 8 &- 1) & 0xff != 0xff, !caller.domain.isControl, flags & 1 << 17 != 0 { throw .invalidArgument }
        let domain = try domain(input.domain, or: caller)
        try hooks.exchangeMemory(domain, caller)
        // A step takes as many extents of the smaller kind as make one of the larger.
        let inStep = input.order <= output.order ? UInt64(1) << UInt64(output.order - input.order) : 1
        let outStep = input.order > output.order ? UInt64(1) << UInt64(input.order - output.order) : 1
        var step = done / inStep
        while step < input.count / inStep {
            var taken: [UInt64] = []
            for index in step * inStep..<(step + 1) * inStep {
                guard let first = frames(at: input.list, index, most: 1, caller)?.first else { throw .badAddress }
                guard first < 1 << 40 else { throw .invalidArgument }
                taken += first..<first + 1 << UInt64(input.order)
            }
            let frames = taken
            let pages = try machine.withLock { (machine) throws(XenErrorNumber) in
                try machine.replace(frames, of: domain, extents: outStep, order: output.order)
            }
            var failure: XenErrorNumber?
            for (index, first) in pages.enumerated() {
                let place = step * outStep + UInt64(index)
                guard let frame = self.frames(at: output.list, place, most: 1, caller)?.first else {
                    failure = .badAddress
                    continue
                }
                try with(domain) { (state) throws(XenErrorNumber) in
                    for offset in 0..<UInt64(1) << UInt64(output.order) {
                        state.memory.physicalFrames[first + offset] = frame &+ offset
                    }
                }
                do throws(XenErrorNumber) { try put(first, at: output.list, place, caller) } catch { failure = error }
            }
            if let failure { throw failure }
            step += 1
            done = step * inStep
            call.set(done, at: 64)
        }
        call.set(input.count, at: 64)
        return true
    }
}

extension Machine {
    /// Takes pages from a domain and gives it others for them: the first machine frame of each extent. Nothing is done unless
    /// all of it can be. Throws `EINVAL` for what are no pages of its own that nobody else uses, `EOPNOTSUPP` for a domain that
    /// the hypervisor translates for, and `ENOMEM`.
    fileprivate mutating func replace(
        _ frames: [UInt64], of domain: Domain, extents: UInt64, order: UInt32
    ) throws(XenErrorNumber) -> [UInt64] {
        let free = freePages
        return try with(domain) { (state) throws(XenErrorNumber) in
            var seen: Set<UInt64> = []
            for frame in frames {
                guard let page = state.memory.page(at: frame) else { throw .invalidArgument }
                guard !state.isHVM else { throw .notSupported }
                guard seen.insert(frame).inserted, state.memory.references[page] == nil, state.memory.pinned[frame] == nil else {
                    throw .invalidArgument
                }
            }
            // Until the old ones are given back there are more of them.
            guard UInt64(frames.count) <= free else { throw .outOfMemory }
            var taken: [[Range<UInt32>]] = []
            do throws(XenErrorNumber) {
                for _ in 0..<extents { taken.append(try state.memory.pool.take(1 << order)) }
            } catch {
                for run in taken.joined() { state.memory.pool.release(run) }
                throw error
            }
            var result: [UInt64] = []
            for runs in taken {
                var first: UInt64?
                for run in runs {
                    for page in run {
                        let frame = Machine.machineFrame(page, of: domain.number)
                        try state.memory.place(page, at: frame)
                        first = first ?? frame
                    }
                }
                if let first { result.append(first) }
            }
            for frame in frames {
                _ = state.memory.free(frame)
                state.memory.physicalFrames[frame] = nil
            }
            return result
        }
    }
}
