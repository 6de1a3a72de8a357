/// The object classes, permissions and initial SIDs that one Xen release's hypervisor was built with.
///
/// The hypervisor refuses a policy in which one of its classes has another number or one of its permissions
/// another bit (Xen, xen/xsm/flask/ss/services.c: `validate_classes`); it never looks at the initial SIDs' names.
public struct Vocabulary: Hashable, Sendable {
    public struct ObjectClass: Hashable, Sendable {
        public let name: String
        /// In bit order: the first permission is bit 0.
        public let permissions: [String]

        public init(name: String, permissions: [String]) {
            self.name = name
            self.permissions = permissions
        }
    }

    public let release: XenRelease
    /// In number order: the first class is number 1.
    public let classes: [ObjectClass]
    /// In number order: the first initial SID is number 1.
    public let initialSIDs: [String]

    public init(release: XenRelease, classes: [ObjectClass], initialSIDs: [String]) {
        self.release = release
        self.classes = classes
        self.initialSIDs = initialSIDs
    }

    /// The class of a name and its number, counted from 1.
    public func objectClass(named name: String) -> (number: Int, objectClass: ObjectClass)? {
        classes.firstIndex { $0.name == name }.map { ($0 + 1, classes[$0]) }
    }
}

extension Vocabulary {
    /// The tables of a release; nil for one that is not known.
    public init?(of release: XenRelease) {
        guard let text = Self.tables.first(where: { $0.release == release.name })?.text else { return nil }
        self.init(release, text)
    }

    /// The tables of Xen's development tree, behind the newest release; nil where none are known.
    public static let development: Vocabulary? = {
        guard let last = tables.last, last.release != XenRelease.newest.name else { return nil }
        return Vocabulary(.newest, last.text)
    }()

    private init(_ release: XenRelease, _ text: String) {
        var classes: [ObjectClass] = []
        var initialSIDs: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first else { continue }
            if first == "sids" {
                initialSIDs = Array(words.dropFirst())
            } else {
                classes.append(ObjectClass(name: first, permissions: Array(words.dropFirst())))
            }
        }
        self.init(release: release, classes: classes, initialSIDs: initialSIDs)
    }
}
