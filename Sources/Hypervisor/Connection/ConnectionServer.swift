import CLinux
import Flask
import Glibc
import Synchronization
import Threading

/// Lets processes act as domains: who connects to a domain's socket, or is handed an end of one, is that domain.
///
/// Each connection has a thread of its own, which waits for its client alone: nobody's silence, flood or death is felt by
/// another. A domain has at most ``maximumConnections`` of them.
public final class ConnectionServer: Sendable {
    /// How many connections a domain may have, doors included; dom0, which could end the daemon anyway, may have more.
    public static let maximumConnections = 64
    static let maximumDom0Connections = 4_096

    let hypervisor: Hypervisor
    private let accounts: Lock<ConnectionAccounts>
    private let listeners = Lock<[Int32]>([])
    private let owners = Lock(OwnerTable())
    let idle = Lock(IdleWatch())
    let ownsServers: Bool

    /// A server for a hypervisor's domains. How many descriptors their clients may have open in it depends on how many the
    /// process may have (`RLIMIT_NOFILE`): see `ConnectionAccounts`. By choice each process that connects to a domain's socket
    /// has ioreq servers of its own, which another process of the same domain can neither change nor map; Xen has no such
    /// difference.
    public convenience init(_ hypervisor: Hypervisor, ownsServers: Bool = false) {
        self.init(hypervisor, ownsServers: ownsServers, descriptorLimit: Int(linux_descriptor_limit()))
    }

    init(_ hypervisor: Hypervisor, ownsServers: Bool = false, descriptorLimit: Int) {
        self.hypervisor = hypervisor
        self.ownsServers = ownsServers
        accounts = Lock(ConnectionAccounts(descriptorLimit: descriptorLimit))
    }

    /// Listens at a path for processes that are to act as a domain. The socket's mode is 0600 and, so that a mistake in a
    /// directory does no harm, only processes of one user are let in.
    ///
    /// Throws ``SystemError``.
    public func listen(at path: String, domain: UInt16, user: UInt32) throws(SystemError) {
        let listener = try ListeningSocket(path: path, mode: 0o600)
        listeners.withLock { $0.append(listener.descriptor) }
        do throws(ThreadFailure) {
            try Thread.detached { [self] in
                while let (socket, peer, process) = listener.accept() {
                    guard peer == user || peer == 0 else { continue }
                    let owner = ownsServers ? owners.withLock { $0.owner(for: RunningProcess(process)) } : nil
                    serve(socket, as: domain, owner: owner)
                    if let owner { countOut(owner) }
                }
            }
        } catch {
            throw SystemError(number: error.number)
        }
    }

    /// Lets whoever has the other end of a socket act as a domain. False when there is no such domain, when it has too many
    /// connections, or when the system has no more threads; the socket is closed then.
    @discardableResult
    public func serve(_ socket: MessageSocket, as domain: UInt16, owner: ClientOwner? = nil) -> Bool {
        guard let identity = hypervisor.domain(domain) else { return false }
        return serve(socket, as: identity, owner: owner)
    }

    @discardableResult
    func serve(_ socket: MessageSocket, as domain: Domain, owner: ClientOwner?) -> Bool {
        let number = domain.number.rawValue
        guard countIn(number) else { return false }
        if let owner { owners.withLock { $0.countIn(owner) } }
        let end: @Sendable () -> Void = { [self] in
            countOut(number)
            if let owner { countOut(owner) }
        }
        do throws(ThreadFailure) {
            try Thread.detached { [self] in
                var connection = ClientConnection(server: self, domain: domain, owner: owner, socket: socket)
                connection.run()
                end()
            }
        } catch {
            end()
            return false
        }
        return true
    }

    /// An end of a socket through which a process that has it opens connections as a domain; nil when
    /// ``serve(_:as:owner:)`` refuses.
    public func door(to domain: UInt16, owner: ClientOwner? = nil) -> MessageSocket? {
        guard let (ours, theirs) = MessageSocket.pair(), serve(ours, as: domain, owner: owner) else { return nil }
        return theirs
    }

    /// How many connections a domain has.
    func connectionCount(of domain: UInt16) -> Int { accounts.withLock { $0[domain].connections } }

    /// How many descriptors are open for a domain's clients.
    func descriptorCount(of domain: UInt16) -> Int { accounts.withLock { $0[domain].descriptors } }

    /// Counts a descriptor that is to be opened for a domain's client; false when it has too many.
    func takeDescriptor(for domain: UInt16) -> Bool { accounts.withLock { $0.take(for: domain) } }

    func giveBack(_ descriptors: Int, of domain: UInt16) {
        if descriptors != 0 { accounts.withLock { $0.giveBack(descriptors, of: domain) } }
    }

    private func countIn(_ domain: UInt16) -> Bool {
        let limit = domain == 0 ? Self.maximumDom0Connections : Self.maximumConnections
        return accounts.withLock { $0.connect(domain, limit: limit) }
    }

    /// Who has no connection left can never come back: what was his alone goes with him.
    private func countOut(_ owner: ClientOwner) {
        if owners.withLock({ $0.countOut(owner) }) { hypervisor.removeServers(of: owner) }
    }

    private func countOut(_ domain: UInt16) { accounts.withLock { $0.disconnect(domain) } }
}
