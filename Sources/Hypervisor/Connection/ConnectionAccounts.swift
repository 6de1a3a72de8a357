/// What each domain's clients take of the daemon: connections, and descriptors that are open for them.
///
/// A process may have only so many descriptors open. A guest may take an eighth of them, at most ``mostOfGuest``, all guests
/// together a half, and dom0 a quarter: so nobody, and no number of guests, keeps another from being served. What is left is
/// for memory, XenStore and the daemon itself.
struct ConnectionAccounts: Sendable {
    struct Account: Sendable {
        var connections = 0
        var descriptors = 0
    }

    static let mostOfGuest = 2_048

    private let limit: Int
    private var accounts: [UInt16: Account] = [:]
    /// Of all domains but dom0.
    private var guestDescriptors = 0

    init(descriptorLimit: Int) {
        limit = max(0, descriptorLimit)
    }

    subscript(domain: UInt16) -> Account { accounts[domain] ?? Account() }

    /// Counts a connection, which is a descriptor; false when there are too many.
    mutating func connect(_ domain: UInt16, limit: Int) -> Bool {
        guard self[domain].connections < limit, take(for: domain) else { return false }
        accounts[domain, default: Account()].connections += 1
        return true
    }

    mutating func disconnect(_ domain: UInt16) {
        accounts[domain, default: Account()].connections -= 1
        giveBack(1, of: domain)
    }

    /// Counts a descriptor that is to be opened; false when there are too many.
    mutating func take(for domain: UInt16) -> Bool {
        let most = domain == 0 ? limit / 4 : min(Self.mostOfGuest, limit / 8)
        guard self[domain].descriptors < most, domain == 0 || guestDescriptors < limit / 2 else { return false }
        accounts[domain, default: Account()].descriptors += 1
        if domain != 0 { guestDescriptors += 1 }
        return true
    }

    /// Counts descriptors that are closed.
    mutating func giveBack(_ descriptors: Int, of domain: UInt16) {
        accounts[domain, default: Account()].descriptors -= descriptors
        if domain != 0 { guestDescriptors -= descriptors }
        if self[domain].connections == 0, self[domain].descriptors == 0 { accounts[domain] = nil }
    }
}
