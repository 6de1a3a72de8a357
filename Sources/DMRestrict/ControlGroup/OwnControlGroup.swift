/// A control group that a launcher makes for one program: there before it begins, and gone when it has ended.
public struct OwnControlGroup: Hashable, Sendable {
    /// Where groups of launchers are, in each tree.
    static let parent = "/xsm-launch"

    /// Its folder, in each tree.
    public let path: String
    public let limits: [ControlGroupLimit]

    /// No two of a name and a user are there at once.
    public init(for name: String, user: UInt32, _ limits: [ControlGroupLimit]) {
        // What a folder may be called, and a person reads.
        let word = name.unicodeScalars.prefix(64).map { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": String(scalar)
            default: "_"
            }
        }
        self.init(path: Self.parent + "/" + word.joined() + ".\(user)", limits)
    }

    init(path: String, _ limits: [ControlGroupLimit]) {
        self.path = path
        self.limits = limits
    }

    /// The trees in which it is.
    var places: [ControlGroupPlace] {
        var places: [ControlGroupPlace] = []
        for limit in limits where !places.contains(limit.place) { places.append(limit.place) }
        return places
    }

    func folder(of limit: ControlGroupLimit) -> String { limit.place.tree + path }
}
