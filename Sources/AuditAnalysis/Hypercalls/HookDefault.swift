/// What a hook of Xen's decides where there is no Flask (Xen, xen/include/xsm/dummy.h: `xsm_default_t`).
public enum HookDefault: String, Hashable, Sendable, CaseIterable {
    case everybody = "XSM_HOOK"
    case target = "XSM_TARGET"
    case deviceModel = "XSM_DM_PRIV"
    case xenStore = "XSM_XS_PRIV"
    case control = "XSM_PRIV"
    case other = "XSM_OTHER"
    /// Without Flask there is no such operation.
    case absent = "-"

    /// Who may do it then.
    public var meaning: String {
        switch self {
        case .everybody: "everybody"
        case .target: "the domain for itself, the one whose target it is, and a control domain"
        case .deviceModel: "the domain whose target it is, and a control domain"
        case .xenStore: "a control domain, and XenStore's"
        case .control: "a control domain"
        case .other: "it depends on the operation"
        case .absent: "nobody: without Flask there is no such operation"
        }
    }
}
