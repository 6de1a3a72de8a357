/// The contexts of files on one file system that keeps no labels.
public struct GenfsContexts: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var path: Name
        /// The class's number, or 0 for all.
        public var objectClass: UInt32
        public var context: SecurityContext

        public init(path: Name, objectClass: UInt32, context: SecurityContext) {
            self.path = path
            self.objectClass = objectClass
            self.context = context
        }
    }

    public var filesystem: Name
    public var entries: [Entry]

    public init(filesystem: Name, entries: [Entry] = []) {
        self.filesystem = filesystem
        self.entries = entries
    }
}
