import Flask

extension Hypervisor {
    /// `HVMOP_altp2m`: other views of a guest's memory (Xen, xen/arch/x86/hvm/hvm.c: `do_altp2m_op`). They are kept and told, and
    /// processors have one each; what a guest sees through them is for whoever runs it.
    func alternateViews(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var call = try caller.memory.structure(80, at: address)
        guard call.word16(at: 10) == 0, call.word32(at: 12) == 0, call.word32(at: 0) == 1 else { throw .invalidArgument }
        guard let command = AlternateViewCommand(rawValue: call.word32(at: 4)) else { throw .notSupported }
        let domain = try domain(call.word16(at: 8), or: caller)
        let mode = try with(domain) { (state) throws(XenErrorNumber) in
            guard state.isHVM, command == .getState || command == .setState || state.hvm.hasAlternateViews else {
                throw .notSupported
            }
            let mode = state.hvm[.alternateViews]
            guard mode != 0 else { throw .invalidArgument }
            return mode
        }
        try hooks.alternateViews(domain, mode: mode, command, caller)
        if command == .setAccesses { return try setAccesses(of: domain, call, caller) }
        let request = call
        let answer = try with(domain) { (state) throws(XenErrorNumber) in
            var answer = request
            return try state.changeViews(command, &answer) ? answer : nil
        }
        guard let answer else { return }
        call = answer
        try caller.memory.put(call, at: address)
    }

    private func setAccesses(of domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (count, done) = (UInt64(call.word32(at: 20)), call.word64(at: 24))
        guard call.word16(at: 18) == 0, done <= count else { throw .invalidArgument }
        try setAccess(
            of: domain, frames: call.word64(at: 32), access: call.word64(at: 40), from: done, count: count,
            view: call.word16(at: 16), caller)
    }
}

extension DomainState {
    /// Does what is asked; whether the structure has an answer in it. Throws `EINVAL`, `EBUSY` for a view that cannot go,
    /// `EEXIST`, and `ESRCH` for a hole.
    fileprivate mutating func changeViews(_ command: AlternateViewCommand, _ call: inout ABIStructure) throws(XenErrorNumber) -> Bool {
        let view = call.word16(at: 16)
        let frame = call.word64(at: 24)
        switch command {
        case .getState:
            call.set(UInt8(hvm.hasAlternateViews ? 1 : 0), at: 16)
            return true
        case .setState: setViews(isOn: call.byte(at: 16) != 0)
        case .enableNotification:
            guard call.word32(at: 20) == 0 else { throw .invalidArgument }
            try enableNotification(of: call.word32(at: 16), at: frame)
        case .disableNotification:
            guard call.word32(at: 16) < processors.count else { throw .invalidArgument }
            hvm.notificationFrames[call.word32(at: 16)] = nil
        case .create:
            let access = call.word16(at: 18)
            let kind = try hvm.access(access, of: 0)
            guard let free = (0..<HVMState.mostViews).first(where: { hvm.views[$0] == nil }) else { throw .invalidArgument }
            hvm.views[free] = AlternateView(defaultAccess: kind)
            call.set(free, at: 16)
            return true
        case .destroy:
            guard view != 0, view < HVMState.mostViews, hvm.views[view] != nil,
                !hvm.processorViews.values.contains(view)
            else { throw .busy }
            hvm.views[view] = nil
        case .change:
            guard hvm.views[view]?.isVisible == true else { throw .invalidArgument }
            for processor in processors.indices { hvm.processorViews[UInt32(processor)] = view }
        case .setAccess:
            guard call.word32(at: 20) == 0 else { throw .invalidArgument }
            try setAccess(call.word16(at: 18), at: frame, view: view)
        case .getAccess:
            guard call.word32(at: 20) == 0 else { throw .invalidArgument }
            call.set(try access(at: frame, view: view), at: 18)
            return true
        case .setAccesses: break
        case .changeFrame: try changeFrame(of: view, call)
        case .setSuppression, .getSuppression:
            guard call.byte(at: 19) == 0, call.word32(at: 20) == 0 else { throw .invalidArgument }
            if command == .setSuppression {
                try setSuppression(call.byte(at: 18) != 0, at: frame, view: view)
            } else {
                call.set(UInt8(try isSuppressed(at: frame, view: view) ? 1 : 0), at: 18)
                return true
            }
        case .setSuppressions:
            try setSuppressions(&call)
            return true
        case .getView:
            guard call.word32(at: 16) < processors.count else { throw .invalidArgument }
            call.set(hvm.processorViews[call.word32(at: 16)] ?? 0, at: 20)
            return true
        case .setVisibility:
            guard call.byte(at: 19) == 0, hvm.views[view] != nil else { throw .invalidArgument }
            hvm.views[view]?.isVisible = call.byte(at: 18) != 0
        }
        return false
    }

    private mutating func setViews(isOn: Bool) {
        guard isOn != hvm.hasAlternateViews else { return }
        hvm.hasAlternateViews = isOn
        hvm.views = isOn ? [0: AlternateView(defaultAccess: hvm.defaultAccess)] : [:]
        hvm.processorViews = [:]
        hvm.notificationFrames = [:]
        guard isOn else { return }
        for processor in processors.indices { hvm.processorViews[UInt32(processor)] = 0 }
    }

    private mutating func enableNotification(of processor: UInt32, at frame: UInt64) throws(XenErrorNumber) {
        guard processor < processors.count else { throw .invalidArgument }
        guard hvm.notificationFrames[processor] == nil else { throw .exists }
        guard memory.type(of: frame) == .memory else { throw .invalidArgument }
        hvm.notificationFrames[processor] = frame
    }

    /// Makes a frame of a view show what lies at another one, or what the first view shows.
    private mutating func changeFrame(of view: UInt16, _ call: ABIStructure) throws(XenErrorNumber) {
        guard call.word16(at: 18) == 0, call.word32(at: 20) == 0, hvm.views[view] != nil else { throw .invalidArgument }
        let (old, new) = (call.word64(at: 24), call.word64(at: 32))
        guard new != .max else {
            hvm.views[view]?.frames[old] = nil
            return
        }
        guard memory.type(of: old).isMemory, memory.type(of: new).isMemory else { throw .noSuchDomain }
        hvm.views[view]?.frames[old] = new
    }

    /// For each frame from one to another; the first that is a hole is told of, and the others are done.
    private mutating func setSuppressions(_ call: inout ABIStructure) throws(XenErrorNumber) {
        let (view, first) = (call.word16(at: 16), call.word64(at: 24))
        let last = min(call.word64(at: 32), 1 << 46 - 1)
        call.set(last, at: 32)
        guard call.byte(at: 19) == 0, first <= last else { throw .invalidArgument }
        try hvm.checkView(view)
        let frames = memory.placed.map(\.frame).filter { first <= $0 && $0 <= last }.sorted()
        for frame in frames { try setSuppression(call.byte(at: 18) != 0, at: frame, view: view) }
        // The frames that are there lie one behind the other from the first one on, up to the first hole.
        var hole = first
        for frame in frames where frame == hole { hole += 1 }
        if hole <= last, call.word32(at: 20) == 0 {
            call.set(-XenErrorNumber.noSuchDomain.rawValue, at: 20)
            call.set(hole, at: 40)
        }
    }
}
