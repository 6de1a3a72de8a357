/// What is allowed where no policy decides (Xen, xen/include/xsm/dummy.h: `xsm_default_action`).
enum DefaultAction: Sendable {
    /// Everybody may.
    case everybody
    /// The domain itself, the one that serves it, and the control domain.
    case target
    /// The one that serves the domain, and the control domain.
    case deviceModel
    /// The domain of XenStore, and the control domain.
    case xenStore
    /// The control domain.
    case control

    func allows(_ source: Domain, on target: Domain?) -> Bool {
        switch self {
        case .everybody: true
        case .target: source === target || Self.deviceModel.allows(source, on: target)
        case .deviceModel: target.map { source.target === $0 } ?? false || source.isControl
        case .xenStore: source.isXenStore || source.isControl
        case .control: source.isControl
        }
    }
}
