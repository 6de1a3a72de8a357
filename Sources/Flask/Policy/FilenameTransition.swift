/// Which type a file of a certain name gets (SELinux only: Xen refuses policies that have one).
public struct FilenameTransition: Hashable, Sendable {
    /// Sources that get the same type.
    public struct Result: Hashable, Sendable {
        public var sources: Bitmap
        public var type: UInt32

        public init(sources: Bitmap, type: UInt32) {
            self.sources = sources
            self.type = type
        }
    }

    public var name: Name
    public var target: UInt32
    public var objectClass: UInt32
    public var results: [Result]

    public init(name: Name, target: UInt32, objectClass: UInt32, results: [Result]) {
        self.name = name
        self.target = target
        self.objectClass = objectClass
        self.results = results
    }
}
