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

    /// What it takes to keep it, roughly: each name of its path may need a node of its own.
    var bytes: Int { 400 * (1 + path.count { $0 == StorePath.slash }) + path.count + token.count }
}

/// What tells the watches of a connection apart.
struct WatchKey: Hashable {
    let path: [UInt8]
    let token: [UInt8]
}
