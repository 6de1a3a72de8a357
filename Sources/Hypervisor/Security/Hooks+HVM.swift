import Flask

// `hvm_op` (Xen, xen/xsm/flask/hooks.c: `flask_hvm_param`, `flask_hvm_param_altp2mhvm`, `flask_hvm_altp2mhvm_op`).

extension Hooks {
    func setParameter(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.hvm__setparam, caller, on: domain, default: .target)
    }

    func getParameter(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.hvm__getparam, caller, on: domain, default: .target)
    }

    /// What is asked for that has no permission of its own.
    func controlHVM(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.hvm__hvmctl, caller, on: domain, default: .target)
    }

    /// May a domain have alternate views of its memory?
    func allowAlternateViews(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.hvm__altp2mhvm, caller, on: domain, default: .control)
    }

    /// May the caller change a domain's views? What they are for (`HVM_PARAM_ALTP2M`) may keep the domain itself from it, before
    /// a policy is asked. Throws `EPERM` then.
    func alternateViews(
        _ domain: Domain, mode: UInt64, _ command: AlternateViewCommand, _ caller: Caller
    ) throws(XenErrorNumber) {
        let isForOthers: Bool
        switch mode {
        case 1: isForOthers = false
        case 2: isForOthers = true
        case 3: isForOthers = command != .enableNotification
        default:
            guard flask != nil else { throw .operationNotPermitted }
            isForOthers = false
        }
        if isForOthers, flask != nil, domain === caller.domain { throw .operationNotPermitted }
        try ask(.hvm__altp2mhvm_op, caller, on: domain, default: isForOthers ? .deviceModel : .target)
    }
}
