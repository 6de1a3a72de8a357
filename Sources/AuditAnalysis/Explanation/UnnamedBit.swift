public import Flask

/// A permission that a line tells of by its bit: the hypervisor that printed it has no name for it.
public struct UnnamedBit: Hashable, Sendable {
    /// A name that a release has for the bit.
    public struct Meaning: Hashable, Sendable {
        public let name: String
        /// Oldest first.
        public let releases: [XenRelease]
    }

    /// Counted from 0.
    public let bit: Int
    /// What the policy calls it.
    public let policyName: Name?
    /// What releases of Xen call it, in the order of the oldest.
    public let meanings: [Meaning]

    /// Each bit of a vector, from the lowest.
    static func bits(of vector: UInt32, objectClass: Name, policyNames: [PermissionTable.Permission]) -> [UnnamedBit] {
        guard vector != 0 else { return [] }
        let name = objectClass.description
        let tables = KnownVocabularies.all.compactMap { vocabulary in
            vocabulary.objectClass(named: name).map { (release: vocabulary.release, names: $0.objectClass.permissions) }
        }
        return (0..<32).filter { vector >> UInt32($0) & 1 == 1 }.map { bit in
            var meanings: [Meaning] = []
            for (release, names) in tables where bit < names.count {
                if let known = meanings.firstIndex(where: { $0.name == names[bit] }) {
                    meanings[known] = Meaning(name: names[bit], releases: meanings[known].releases + [release])
                } else {
                    meanings.append(Meaning(name: names[bit], releases: [release]))
                }
            }
            return UnnamedBit(bit: bit, policyName: policyNames.first { Int($0.number) == bit + 1 }?.name, meanings: meanings)
        }
    }
}
