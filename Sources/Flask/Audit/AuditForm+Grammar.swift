extension AuditForm {
    /// A part of a line, which is both written and read.
    enum Piece: Sendable {
        case literal(String)
        /// `denied` or `granted`.
        case verdict
        /// `{ one two 0x8 }`, or `null` when there is none.
        case permissions
        /// A key and a domain, with the space behind them; nothing when there is none.
        case domain(String, any WritableKeyPath<AuditSubject, DomainIdentifier?> & Sendable)
        /// What of the hardware it is about, with the space behind; nothing when that is not known.
        case object
        /// A key and a text, or another key and a number.
        case context(String, number: String, any WritableKeyPath<AuditRecord, AuditRecord.Context> & Sendable)
        case objectClass
    }

    /// The line, from left to right, without `(XEN) ` and without its end.
    var pieces: [Piece] {
        let domains: [Piece] =
            switch self.domains {
            case .current: [.domain("domid=", \.source)]
            case .numbers: [.domain("domid=", \.source), .domain("target=", \.target)]
            case .names: [.domain("source=", \.source), .domain("target=", \.target), .domain("current=", \.current)]
            }
        return [.literal("avc:  "), .verdict, .literal("  "), .permissions, .literal(" for ")] + domains + [
            .object, .context("scontext=", number: "ssid=", \.source), .literal(" "),
            .context("tcontext=", number: "tsid=", \.target), .literal(" tclass="), .objectClass,
        ]
    }

    /// A part of what is told of an object, which is both written and read.
    enum ObjectPiece: Sendable {
        case hexadecimal(String)
        case decimal(String)
        /// Any bytes, up to the contexts.
        case path(String)
    }

    /// How objects of a kind are told of, each part with its key.
    static func pieces(of kind: AuditObject.Kind) -> [ObjectPiece] {
        switch kind {
        case .device: [.hexadecimal("device=")]
        case .interrupt: [.decimal("irq=")]
        case .range: [.hexadecimal("range="), .hexadecimal("-")]
        case .memory: [.hexadecimal("pte="), .hexadecimal(" mfn=")]
        case .deviceTreeNode: [.path("dtdevice=")]
        }
    }

    /// The kinds of objects that are told of.
    var objectKinds: [AuditObject.Kind] {
        switch domains {
        case .current: [.device]
        case .numbers, .names: AuditObject.Kind.allCases.filter { $0 != .deviceTreeNode || knowsDeviceTree }
        }
    }
}
