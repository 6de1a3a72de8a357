extension FlaskMessage {
    /// What asks about a number that has no context.
    enum Function: String {
        case accessVector = "security_compute_av"
        case newContext = "security_compute_sid"
        case text = "security_sid_to_context"
        case transition = "security_validate_transition"
    }

    /// Xen, xen/xsm/flask/ss/services.c, in the functions of these names.
    init(unrecognized sid: SecurityIdentifier, in function: Function) {
        self.init("\(function.rawValue):  unrecognized SID \(Int32(bitPattern: sid.rawValue))")
    }

    /// A number that has no name either, before there is a policy.
    init(unknownBeforePolicy sid: SecurityIdentifier) {
        self.init(
            "security_sid_to_context:  called before initial load_policy on unknown SID \(Int32(bitPattern: sid.rawValue))")
    }

    /// Xen, xen/xsm/flask/ss/services.c: `security_ocontext_add`. Nil when it says nothing.
    init?(_ error: SecurityServerError, adding kind: ObjectKind) {
        guard case .overlap(let range) = error else { return nil }
        switch kind {
        case .interrupt: self.init("flask: Duplicate pirq \(range.lowerBound)")
        case .ioPorts: self.init("flask: IO Port overlap with entry \(Self.ends(range))")
        case .ioMemory: self.init("flask: IO Memory overlap with entry \(Self.ends(range))")
        case .pciDevice: self.init("flask: Duplicate PCI Device \(range.lowerBound.hexadecimal())")
        }
    }

    /// Xen, xen/xsm/flask/ss/services.c: `security_ocontext_del`.
    init(notFound kind: ObjectKind, _ range: ClosedRange<UInt64>) {
        let object =
            switch kind {
            case .interrupt: "pirq \(Int64(bitPattern: range.lowerBound))"
            case .ioPorts: "ioport \(Self.ends(range))"
            case .ioMemory: "iomem \(Self.ends(range))"
            case .pciDevice: "pcidevice \(range.lowerBound.hexadecimal())"
            }
        self.init("flask: ocontext not found: \(object)")
    }

    /// Both ends of a range.
    private static func ends(_ range: ClosedRange<UInt64>) -> String {
        "\(range.lowerBound.hexadecimal()) - \(range.upperBound.hexadecimal())"
    }
}
