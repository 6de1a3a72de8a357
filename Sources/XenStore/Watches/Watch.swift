/// A wish to be told about changes at a path and below it.
final class Watch {
    let connection: Connection
    /// The path, or the name of a special event, which begins with `@`.
    let path: [UInt8]
    let token: [UInt8]
    /// How many bytes of paths the client does not get to see, because it gave a relative one.
    let hiddenPrefix: Int

    init(_ connection: Connection, _ path: [UInt8], _ token: [UInt8], hiddenPrefix: Int) {
        self.connection = connection
        self.path = path
        self.token = token
        self.hiddenPrefix = hiddenPrefix
    }
}

/// What tells the watches of a connection apart.
struct WatchKey: Hashable {
    let path: [UInt8]
    let token: [UInt8]
}
