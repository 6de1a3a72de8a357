import Synchronization
import Threading

/// A XenStore daemon within a process: a store, and a thread that serves it over UNIX sockets.
///
/// Each connection belongs to one domain, and that is all that it may prove to be. Domain 0 may do everything. All functions
/// may be called from any thread.
public final class XenStoreServer: Sendable {
    private let core: ServerCore
    private let thread: Thread
    private let isJoined = Lock(false)

    /// Starts a server with the store that Xen's daemon begins with.
    public convenience init(quotas: XenStoreQuotas = XenStoreQuotas()) throws(XenStoreServerError) {
        try self.init(SavedStore.empty, quotas)
    }

    private init(_ saved: SavedStore, _ quotas: XenStoreQuotas) throws(XenStoreServerError) {
        let core = try ServerCore(saved, quotas)
        self.core = core
        do throws(ThreadFailure) {
            thread = try Thread { core.run() }
        } catch {
            throw XenStoreServerError("cannot start a thread", error.number)
        }
    }

    /// Starts a server with a store that ``savedStore()`` gave.
    ///
    /// - Throws: ``SavedStoreError``, or ``XenStoreServerError`` when the system refuses something.
    public static func restored(
        from bytes: [UInt8], quotas: XenStoreQuotas = XenStoreQuotas()
    ) throws -> XenStoreServer {
        try XenStoreServer(SavedStore(bytes), quotas)
    }

    /// Starts a server with a store that ``save(to:)`` wrote.
    ///
    /// - Throws: ``SavedStoreError``, or ``XenStoreServerError`` when the file cannot be read.
    public static func restored(
        fromFileAt path: String, quotas: XenStoreQuotas = XenStoreQuotas()
    ) throws -> XenStoreServer {
        try restored(from: StoreFile.read(path), quotas: quotas)
    }

    deinit {
        stop()
    }

    // MARK: Clients

    /// Waits for clients at a path. All of them are connections of one domain; the file's mode says who can be one. A socket
    /// that stands there is taken away.
    public func listen(onSocketAt path: String, domain: UInt16 = 0, mode: UInt32 = 0o600) throws(XenStoreServerError) {
        try core.use { state throws(XenStoreServerError) in try state.listen(at: path, domain: domain, mode: mode) }
    }

    /// Waits for clients of a domain no more, and takes its sockets' files away. Those who are connected stay.
    public func stopListening(for domain: UInt16) { core.use { $0.stopListening(for: domain) } }

    /// Serves a connected stream socket as a connection of a domain. The descriptor belongs to the server from now on, also
    /// when an error is thrown.
    public func adopt(_ descriptor: Int32, domain: UInt16) throws(XenStoreServerError) {
        try core.use { state throws(XenStoreServerError) in try state.adopt(descriptor, domain: domain) }
    }

    /// Ends all connections and the server's thread; takes its sockets' files away.
    public func stop() {
        core.stop()
        // The last reference may go on the server's own thread.
        guard !thread.isCurrent else { return }
        isJoined.withLock { isJoined in
            if !isJoined { thread.join() }
            isJoined = true
        }
    }

    // MARK: Domains

    /// Makes a domain known, as `INTRODUCE` does: `@introduceDomain` is told. One that is known begins anew, without watches
    /// and transactions.
    public func introduce(_ domain: UInt16) { core.use { $0.engine.introduce(domain) } }

    /// Forgets a domain, as `RELEASE` does: its connections are closed, its nodes removed, its permissions void, and
    /// `@releaseDomain` is told.
    public func release(_ domain: UInt16) { core.use { _ = $0.engine.release(domain) } }

    /// Gives a domain the rights of the one that it serves, as `SET_TARGET` does. Both must be introduced.
    public func setTarget(of domain: UInt16, to target: UInt16) throws(XenStoreError) {
        try core.use { state throws(XenStoreError) in try state.engine.setTarget(of: domain, to: target) }
    }

    public func isIntroduced(_ domain: UInt16) -> Bool { core.use { $0.engine.domains[domain]?.isIntroduced == true } }

    // MARK: The store, as domain 0 sees it

    /// The value of a node.
    public func read(_ path: String) throws(XenStoreError) -> [UInt8] {
        try core.use { state throws(XenStoreError) in try state.engine.value(at: path) }
    }

    /// Sets the value of a node, which is made with all that is missing above it. With permissions, they are set too.
    public func write(
        _ path: String, _ value: [UInt8], permissions: NodePermissions? = nil
    ) throws(XenStoreError) {
        try core.use { state throws(XenStoreError) in try state.engine.set(path, value, permissions) }
    }

    /// Removes a node and all under it; it need not exist.
    public func remove(_ path: String) throws(XenStoreError) {
        try core.use { state throws(XenStoreError) in try state.engine.remove(path) }
    }

    /// The names of a node's children, in the order of their bytes.
    public func children(of path: String) throws(XenStoreError) -> [String] {
        try core.use { state throws(XenStoreError) in try state.engine.children(at: path) }
    }

    /// Who may do what with a node.
    public func permissions(of path: String) throws(XenStoreError) -> NodePermissions {
        try core.use { state throws(XenStoreError) in try state.engine.permissions(at: path) }
    }

    /// Sets who may do what with a node that exists.
    public func setPermissions(of path: String, to permissions: NodePermissions) throws(XenStoreError) {
        try core.use { state throws(XenStoreError) in try state.engine.setPermissions(path, permissions) }
    }

    // MARK: Keeping the store

    /// All nodes with their values and permissions, as bytes that ``restored(from:quotas:)`` reads. Clients are served
    /// meanwhile.
    public func savedStore() -> [UInt8] { core.use { $0.engine.saved() }.bytes() }

    /// Writes ``savedStore()`` to a file, which is there as a whole or as it was.
    public func save(to path: String) throws(XenStoreServerError) { try StoreFile.write(savedStore(), path) }
}
