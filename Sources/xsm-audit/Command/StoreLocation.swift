import Arguments
import AuditFleet
import AuditStore
import Commands

/// What `--store` names: a database file, or a server that gathers those of a fleet.
enum StoreLocation {
    /// Whether it is a server's address.
    static func isServer(_ text: String) -> Bool { DestinationAddress.scheme(of: text) != nil }

    /// Opens it to be asked.
    ///
    /// - Parameter credentials: the file of who asks a server; nil when none is named.
    static func open(_ text: String, credentials: String? = nil) throws(CommandFailure) -> any DenialStore {
        guard let scheme = DestinationAddress.scheme(of: text) else {
            guard credentials == nil else { throw .usage(UsageError(message: "`--credentials` is for a server, and `\(text)` is a file")) }
            do {
                return try SQLiteStore(text, .read)
            } catch {
                throw .store(error)
            }
        }
        guard scheme == "clickhouse" || scheme == "clickhouses" else {
            throw .usage(UsageError(message: "`--store` names a file, or an address like `clickhouse://HOST:8123/DATABASE`"))
        }
        let (address, who) = (try address(text), try self.credentials(credentials))
        do {
            return try ClickHouseStore(address, who)
        } catch {
            throw .store(error)
        }
    }

    private static func address(_ text: String) throws(CommandFailure) -> ClickHouseAddress {
        do {
            return try ClickHouseAddress(text)
        } catch {
            throw .usage(UsageError(message: error.message))
        }
    }

    /// Who asks, as a file says it.
    static func credentials(_ path: String?) throws(CommandFailure) -> Credentials {
        guard let path else { return Credentials() }
        do {
            return try Credentials(path: path)
        } catch {
            throw .credentials(error)
        }
    }
}
