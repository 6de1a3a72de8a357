extension Policy {
    /// Sorts the contexts of objects from special to general where the order decides, as `checkpolicy -S` does
    /// (libsepol, src/kernel_to_common.c: `sort_ocontexts`). Initial contexts and those of file systems stay.
    public mutating func sortContexts() {
        switch target {
        case .xen: deviceContexts.sort()
        case .selinux: networkContexts.sort()
        }
    }
}

extension DeviceContexts {
    fileprivate mutating func sort() {
        interrupts.stableSort { Comparison($0.number, $1.number) }
        ioPorts.stableSort { Comparison(ranges: ($0.low, $0.high), ($1.low, $1.high)) }
        ioMemory.stableSort { Comparison(ranges: ($0.low, $0.high), ($1.low, $1.high)) }
        pciDevices.stableSort { Comparison($0.address, $1.address) }
        deviceTreeNodes.stableSort { Comparison($0.path, $1.path) }
    }
}

extension NetworkContexts {
    fileprivate mutating func sort() {
        filesystemUses.stableSort { Comparison($0.behaviour, $1.behaviour).then(Comparison($0.name, $1.name)) }
        ports.stableSort {
            // Ports have sixteen bits.
            Comparison(ranges: ($0.low & 0xffff, $0.high & 0xffff), ($1.low & 0xffff, $1.high & 0xffff))
                .then(Comparison($0.transport & 0xff, $1.transport & 0xff))
        }
        interfaces.stableSort { Comparison($0.name, $1.name) }
        for list in [\NetworkContexts.nodes, \NetworkContexts.nodes6] {
            self[keyPath: list].stableSort {
                Comparison(Name(bytes: $1.mask), Name(bytes: $0.mask))
                    .then(Comparison(Name(bytes: $0.address), Name(bytes: $1.address)))
            }
        }
        partitionKeys.stableSort {
            Comparison(prefixes: $0.subnetPrefix, $1.subnetPrefix)
                .then(Comparison(ranges: ($0.low, $0.high), ($1.low, $1.high)))
        }
        endPorts.stableSort { Comparison($0.device, $1.device).then(Comparison($0.port, $1.port)) }
    }
}

/// How two entries stand to each other.
private enum Comparison {
    case before, same, after

    init<Value: Comparable>(_ a: Value, _ b: Value) {
        self = a < b ? .before : b < a ? .after : .same
    }

    /// Narrow ranges come first, and of the same width low ones.
    init<Value: FixedWidthInteger>(ranges a: (low: Value, high: Value), _ b: (low: Value, high: Value)) {
        let widths = (UInt64(a.high) &- UInt64(a.low), UInt64(b.high) &- UInt64(b.low))
        self = Comparison(widths.0, widths.1).then(Comparison(a.low, b.low))
    }

    /// Prefixes are compared by the low half of their difference, as little-endian numbers.
    init(prefixes a: [UInt8], _ b: [UInt8]) {
        func number(_ bytes: [UInt8]) -> UInt32 { bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        self.init(Int32(bitPattern: number(a) &- number(b)), 0)
    }

    func then(_ next: @autoclosure () -> Comparison) -> Comparison {
        self == .same ? next() : self
    }
}

extension Array {
    fileprivate mutating func stableSort(_ compare: (Element, Element) -> Comparison) {
        self = enumerated().sorted { a, b in
            switch compare(a.element, b.element) {
            case .before: true
            case .after: false
            case .same: a.offset < b.offset
            }
        }.map(\.element)
    }
}
