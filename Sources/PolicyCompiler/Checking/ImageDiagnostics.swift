public import Diagnostics
public import Flask

extension ImageOmission {
    /// What to tell the author about something that the image has no room for.
    var diagnostic: Diagnostic {
        func leftOut(_ count: Int) -> String { count == 1 ? "one is left out" : "\(count) are left out" }
        let (message, help): (String, String?) =
            switch self {
            case .permissiveTypes(let version):
                ("version \(version) has no permissive types: they are left out, and are enforced", "use version 23 or later")
            case .neverauditTypes(let version): ("version \(version) has no neveraudit types: they are left out", "use version 35")
            case .conditionalRules(let version):
                ("version \(version) has no booleans: conditional rules are left out", "use version 16 or later")
            case .roleTransitions(let version, let count):
                (
                    "version \(version) knows role transitions of class `process` only: \(leftOut(count))",
                    "use version 26 or later; for Xen that is 30"
                )
            case .rangeTransitions(let version, let count):
                ("version \(version) knows range transitions of class `process` only: \(leftOut(count))", "use version 21 or later")
            case .filenameTransitions(let version, let count):
                ("version \(version) has no transitions by file name: \(leftOut(count))", "use version 25 or later")
            case .greatestLowerLeastUpperRange(let objectClass, let version):
                ("version \(version) has no default range `glblub`: that of class `\(objectClass)` is left out", "use version 32 or later")
            }
        return Diagnostic("omitted-by-version", .warning, message, at: .unknown, help: help)
    }
}

extension ImageWriteError {
    /// What to tell the author about a policy that cannot be written.
    var diagnostic: Diagnostic {
        let (message, help): (String, String?) =
            switch self {
            case .unsupportedVersion(let version, .xen):
                ("there is no version \(version) for Xen", "Xen loads version 24, and since 4.6 version 30")
            case .unsupportedVersion(let version, .selinux): ("there is no version \(version)", "versions 15 to 35 exist")
            case .noMLS(let version): ("version \(version) has no MLS", "use version 19 or later")
            case .noExtendedPermissions(_, .xen): ("Xen has no extended permissions", "leave the allowxperm rules out")
            case .noExtendedPermissions(let version, .selinux):
                ("version \(version) has no extended permissions", "use version 30 or later")
            case .noConditionalExtendedPermissions(let version):
                ("version \(version) has no extended permissions under a condition", "use version 34 or later")
            case .tooManyRules(let limit, let version):
                (
                    "version \(version) has no attributes, and without them the policy has more than \(limit) rules",
                    "use version 20 or later"
                )
            case .ioMemoryTooHigh(let frame, let version):
                (
                    "version \(version) cannot hold the page frame 0x\(String(frame, radix: 16)): it keeps 32 bits",
                    "use version 30"
                )
            }
        return Diagnostic("not-representable", .error, message, at: .unknown, help: help)
    }
}

extension PolicyOptimizationError {
    /// What to tell the author about a policy that cannot be optimized.
    public var diagnostic: Diagnostic {
        switch self {
        case .unsupportedVersion(let version):
            Diagnostic(
                "not-optimizable", .error, "version \(version) cannot be optimized: it does not say which types are attributes",
                at: .unknown, help: "use a version up to 19, or 24 and later")
        }
    }
}
