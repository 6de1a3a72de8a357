import Flask

// `xen_version` and `console_io` (Xen, xen/xsm/flask/hooks.c: `flask_xen_version`, `flask_console_io`).

extension Hooks {
    /// May the caller know this of the hypervisor? Who may not is told `<denied>` where there is text to tell.
    func version(_ command: VersionCommand, _ caller: Caller) throws(XenErrorNumber) {
        switch command {
        case .version, .platformParameters, .features: break
        case .extraVersion: try ask(.version__xen_extraversion, caller, default: .everybody)
        case .compileInfo: try ask(.version__xen_compile_info, caller, default: .everybody)
        case .capabilities: try ask(.version__xen_capabilities, caller, default: .everybody)
        case .changeset: try ask(.version__xen_changeset, caller, default: .everybody)
        case .pageSize: try ask(.version__xen_pagesize, caller, default: .everybody)
        case .guestHandle: try ask(.version__xen_guest_handle, caller, default: .everybody)
        case .commandLine: try ask(.version__xen_commandline, caller, default: .control)
        case .buildID: try ask(.version__xen_build_id, caller, default: .control)
        }
    }

    /// May the caller write to the console, or read what was typed there?
    func console(_ command: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        switch command {
        case 0: try ask(.xen__writeconsole, caller, default: .control)
        case 1: try ask(.xen__readconsole, caller, default: .control)
        default: try askUnknown("console_io", command, caller)
        }
    }
}
