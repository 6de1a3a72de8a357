import Flask

/// What an operation returned, in the words of an expectation.
enum ScenarioResult {
    /// Below it are the states of `grant_table_op`, so that they are told from error numbers.
    static let firstGrantStatus: Int64 = -0x1000

    /// The name of what an operation failed with: `EINVAL`, `GNTST_bad_gntref`.
    static func name(of result: Int64) -> String {
        let status = result - firstGrantStatus
        if status < 0, status > -0x1000, let known = GrantStatus(rawValue: Int16(status)) { return known.name }
        return XenErrorNumber.name(Int32(truncatingIfNeeded: 0 &- result))
    }

    /// Whether a result alone says that the module which decides has not permitted something. Flask's says why, where it matters;
    /// what is `EPERM` without that is no matter of the policy.
    static func isRefusal(_ result: Int64, byFlask: Bool) -> Bool {
        if byFlask { return result == -Int64(XenErrorNumber.permissionDenied.rawValue) }
        return [-1, -13, firstGrantStatus + Int64(GrantStatus.permissionDenied.rawValue)].contains(result)
    }
}

extension GrantStatus {
    /// The name, as C has it.
    fileprivate var name: String {
        switch self {
        case .generalError: "GNTST_general_error"
        case .badDomain: "GNTST_bad_domain"
        case .badReference: "GNTST_bad_gntref"
        case .badHandle: "GNTST_bad_handle"
        case .badVirtualAddress: "GNTST_bad_virt_addr"
        case .badDeviceAddress: "GNTST_bad_dev_addr"
        case .noDeviceSpace: "GNTST_no_device_space"
        case .permissionDenied: "GNTST_permission_denied"
        case .badPage: "GNTST_bad_page"
        case .badCopyArgument: "GNTST_bad_copy_arg"
        case .addressTooBig: "GNTST_address_too_big"
        case .tryAgain: "GNTST_eagain"
        case .noSpace: "GNTST_no_space"
        }
    }
}
