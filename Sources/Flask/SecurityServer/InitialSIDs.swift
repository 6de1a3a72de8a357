/// The numbers of the initial SIDs that the hypervisor itself speaks of, in one release.
struct InitialSIDs: Sendable {
    let xen: SecurityIdentifier
    let unlabeled: SecurityIdentifier
    let security: SecurityIdentifier
    let count: Int
    private let interrupt: SecurityIdentifier
    private let ioPorts: SecurityIdentifier
    private let ioMemory: SecurityIdentifier
    private let device: SecurityIdentifier

    /// A release without one of them has what is unlabelled in its place.
    init(_ vocabulary: Vocabulary) {
        let names = vocabulary.initialSIDs
        func sid(_ name: String) -> SecurityIdentifier? {
            names.firstIndex(of: name).map { SecurityIdentifier(rawValue: UInt32($0 + 1)) }
        }
        let unlabeled = sid("unlabeled") ?? .null
        self.unlabeled = unlabeled
        xen = sid("xen") ?? unlabeled
        security = sid("security") ?? unlabeled
        // Xen before 4.2 called it otherwise.
        interrupt = sid("irq") ?? sid("pirq") ?? unlabeled
        ioPorts = sid("ioport") ?? unlabeled
        ioMemory = sid("iomem") ?? unlabeled
        device = sid("device") ?? unlabeled
        count = names.count
    }

    /// What objects of a kind have that nobody gave a context.
    func `default`(of kind: ObjectKind) -> SecurityIdentifier {
        switch kind {
        case .interrupt: interrupt
        case .ioPorts: ioPorts
        case .ioMemory: ioMemory
        case .pciDevice: device
        }
    }

    /// Device tree nodes are devices.
    var deviceTreeNode: SecurityIdentifier { device }
}

extension Vocabulary {
    /// The number of an initial SID by its name; that of `unlabeled` where the release has none of the name.
    public func initialSID(named name: String) -> SecurityIdentifier {
        let place = initialSIDs.firstIndex(of: name) ?? initialSIDs.firstIndex(of: "unlabeled")
        return place.map { SecurityIdentifier(rawValue: UInt32($0 + 1)) } ?? .null
    }
}
