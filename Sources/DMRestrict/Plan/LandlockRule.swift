/// What may be done at a path and below it, under Landlock; all else is forbidden.
public struct LandlockRule: Hashable, Sendable {
    public enum Access: String, Hashable, Sendable {
        case read
        case readAndExecute = "read-execute"
        case readAndWrite = "read-write"
    }

    public let path: String
    public let access: Access

    public init(_ path: String, _ access: Access) {
        self.path = path
        self.access = access
    }
}
