/// The kinds of symbols, in the order of the image, with the number of slots that their tables begin with.
public enum SymbolKind: Int, Hashable, Sendable, CaseIterable {
    case common, objectClass, role, type, user, boolean, sensitivity, category

    /// Slots of a table that is still empty; a table doubles when it holds as many names as it has slots.
    public var initialSlots: Int {
        switch self {
        case .common: 2
        case .objectClass: 32
        case .role: 16
        case .type: 512
        case .user: 128
        case .boolean, .sensitivity, .category: 16
        }
    }

    /// Slots of a class's or common's table of permissions.
    public static let permissionSlots = 32
}
