/// Which contexts physical objects have, while the hypervisor runs (Xen, xen/xsm/flask/ss/services.c:
/// `security_ocontext_add`, `security_ocontext_del`, `security_devicetree_setlabel`).
struct ObjectContextTable: Sendable {
    /// One object, or a range of them, both ends included.
    struct Entry: Sendable {
        let low: UInt64
        let high: UInt64
        var label: Label
        /// Whether it was added at run time, and does not come from the policy.
        var wasAdded = false
    }

    struct Node: Sendable {
        let path: [UInt8]
        var label: Label
        var wasAdded = false
    }

    enum Label: Sendable {
        /// As the policy has it; it gets a number when it is first asked for.
        case context(SecurityContext)
        case identifier(SecurityIdentifier)
    }

    /// Each in the order in which it is searched.
    private var interrupts: [Entry] = []
    private var ioPorts: [Entry] = []
    private var ioMemory: [Entry] = []
    private var pciDevices: [Entry] = []
    private var nodes: [Node] = []

    init() {}

    init(_ devices: DeviceContexts) {
        interrupts = devices.interrupts.map {
            Entry(low: UInt64($0.number), high: UInt64($0.number), label: .context($0.context))
        }
        ioPorts = devices.ioPorts.map { Entry(low: UInt64($0.low), high: UInt64($0.high), label: .context($0.context)) }
        ioMemory = devices.ioMemory.map { Entry(low: $0.low, high: $0.high, label: .context($0.context)) }
        pciDevices = devices.pciDevices.map {
            Entry(low: UInt64($0.address), high: UInt64($0.address), label: .context($0.context))
        }
        nodes = devices.deviceTreeNodes.map { Node(path: $0.path.bytes, label: .context($0.context)) }
    }

    private static func list(_ kind: ObjectKind) -> WritableKeyPath<ObjectContextTable, [Entry]> {
        switch kind {
        case .interrupt: \.interrupts
        case .ioPorts: \.ioPorts
        case .ioMemory: \.ioMemory
        case .pciDevice: \.pciDevices
        }
    }

    /// Keeps what objects were given at run time by another table, where this one says nothing about them.
    mutating func takeOver(_ other: ObjectContextTable) {
        for kind in ObjectKind.allCases {
            for entry in other.entries(kind).reversed() where entry.wasAdded {
                guard let sid = entry.label.identifier else { continue }
                try? add(kind, entry.low...entry.high, sid)
            }
        }
        for node in other.nodes.reversed() where node.wasAdded {
            if let sid = node.label.identifier { try? setNode(node.path, sid) }
        }
    }

    // MARK: Asking

    /// The place of the first entry that holds an object.
    func place(of object: UInt64, _ kind: ObjectKind) -> Int? {
        self[keyPath: Self.list(kind)].firstIndex { $0.low <= object && object <= $0.high }
    }

    func place(ofNode path: [UInt8]) -> Int? { nodes.firstIndex { $0.path == path } }

    func entries(_ kind: ObjectKind) -> [Entry] { self[keyPath: Self.list(kind)] }

    subscript(kind: ObjectKind, place: Int) -> Label {
        get { self[keyPath: Self.list(kind)][place].label }
        set { self[keyPath: Self.list(kind)][place].label = newValue }
    }

    subscript(node place: Int) -> Label {
        get { nodes[place].label }
        set { nodes[place].label = newValue }
    }

    // MARK: Changing

    /// Gives objects a context. Ranges may not meet others; one that is there already, with the same context, is as good
    /// as added.
    mutating func add(
        _ kind: ObjectKind, _ range: ClosedRange<UInt64>, _ sid: SecurityIdentifier
    ) throws(SecurityServerError) {
        switch kind {
        case .interrupt, .pciDevice:
            // Xen keeps sixteen bits of an interrupt's number, and thirty-two of a device's.
            let number = kind == .interrupt ? range.lowerBound & 0xffff : range.lowerBound & 0xffff_ffff
            guard range.lowerBound == range.upperBound else { throw .invalidObject }
            if let place = place(of: number, kind), self[kind, place].number != sid { throw .overlap(number...number) }
            self[keyPath: Self.list(kind)].insert(Entry(low: number, high: number, label: .identifier(sid), wasAdded: true), at: 0)
        case .ioPorts, .ioMemory:
            let list = self[keyPath: Self.list(kind)]
            let place = list.firstIndex { $0.high >= range.lowerBound } ?? list.count
            if place < list.count, list[place].low <= range.upperBound {
                let other = list[place]
                guard other.low == range.lowerBound, other.high == range.upperBound, other.label.number == sid else {
                    throw .overlap(min(other.low, other.high)...max(other.low, other.high))
                }
                return
            }
            let width: UInt64 = kind == .ioPorts ? 0xffff_ffff : .max
            self[keyPath: Self.list(kind)].insert(
                Entry(low: range.lowerBound & width, high: range.upperBound & width, label: .identifier(sid), wasAdded: true), at: place)
        }
    }

    /// Takes the context of exactly these objects away.
    mutating func remove(_ kind: ObjectKind, _ range: ClosedRange<UInt64>) throws(SecurityServerError) {
        let hasOneNumber = kind == .interrupt || kind == .pciDevice
        let place = self[keyPath: Self.list(kind)].firstIndex {
            $0.low == range.lowerBound && (hasOneNumber || $0.high == range.upperBound)
        }
        guard let place else { throw .unknownObject }
        self[keyPath: Self.list(kind)].remove(at: place)
    }

    /// Gives a node of the device tree a context, or takes it away.
    mutating func setNode(_ path: [UInt8], _ sid: SecurityIdentifier?) throws(SecurityServerError) {
        let place = place(ofNode: path)
        if let sid {
            guard place == nil else { throw .overlap(0...0) }
            nodes.insert(Node(path: path, label: .identifier(sid), wasAdded: true), at: 0)
        } else {
            guard let place else { throw .unknownObject }
            nodes.remove(at: place)
        }
    }
}

extension ObjectContextTable.Label {
    /// The number, if it was asked for already.
    var identifier: SecurityIdentifier? {
        if case .identifier(let sid) = self { sid } else { nil }
    }

    /// The number as Xen compares it: none is 0.
    var number: SecurityIdentifier { identifier ?? .null }
}
