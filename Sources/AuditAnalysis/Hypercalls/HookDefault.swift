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
}
