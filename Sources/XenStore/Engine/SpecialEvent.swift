/// What the store itself tells those who watch it (Xen, docs/misc/xenstore.txt: `WATCH`).
enum SpecialEvent: String, CaseIterable {
    case introduceDomain = "@introduceDomain"
    case releaseDomain = "@releaseDomain"

    init?(_ text: some Sequence<UInt8>) {
        guard let event = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text) }) else { return nil }
        self = event
    }

    var bytes: [UInt8] { Array(rawValue.utf8) }
}

/// Who may know of a special event, and since when.
struct SpecialPermissions {
    var permissions: NodePermissions
    let generation: UInt64

    init(_ permissions: NodePermissions, of generation: UInt64) {
        self.permissions = permissions
        self.generation = generation
    }

    static let initial = SpecialPermissions(NodePermissions(owner: 0), of: 0)
}
