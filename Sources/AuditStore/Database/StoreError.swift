/// Why a database of decisions cannot be used, or not as was asked.
///
/// Whatever it is, what was acknowledged before stays: a batch is in the database whole or not at all.
public struct StoreError: Error, Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// There is no such file, or it may not be opened.
        case cannotOpen = "cannot-open"
        /// It is no database, or one of another program's.
        case foreign
        /// Nothing was put into it yet: the file is there, its tables are not. It may be read when who makes it has ended that.
        case empty
        /// A newer program made it.
        case newer
        /// It is damaged.
        case corrupt
        /// The disk, or what this process may write, is full.
        case full
        /// It may not be written to.
        case readOnly = "read-only"
        /// Another process had it for too long.
        case busy
        /// Another process does the same with it.
        case contested
        /// Nobody answers at its address, or not in time.
        case unreachable
        /// The server refuses what it is asked: a wrong name or password, no such database, tables that are not there.
        case refused
        /// The server is not who it should be, as its certificate has it: it was asked nothing.
        case untrusted
        /// The server answered what it should not.
        case garbled
        /// It could not be read or written for another reason.
        case failed
    }

    public var reason: Reason
    /// The file, or the address without what is secret in it.
    public var path: String
    /// SQLite's words, the server's, or ours.
    public var detail: String

    public init(_ reason: Reason, path: String, detail: String) {
        self.reason = reason
        self.path = path
        self.detail = detail
    }
}

extension StoreError: CustomStringConvertible {
    /// What happened, where, and what to do about it.
    public var description: String {
        let what = "`\(path)`: "
        switch reason {
        case .cannotOpen: return what + "cannot be opened (\(detail)): check that its folder is there and that you may use it"
        case .foreign: return what + "is no database of xsm-audit's (\(detail)), and was left as it is: give another file"
        case .empty: return what + "nothing is in it (\(detail)): ingest a log into it, and try again when it has its tables"
        case .newer: return what + "was made by a newer xsm-audit (\(detail)), and was left as it is: use that, or give another file"
        case .corrupt:
            return what + "is damaged (\(detail)): move it aside, ingest the logs again, or copy what can be read with `sqlite3 FILE .recover`"
        case .full: return what + "no room to write (\(detail)): make room, or remove old records with `xsm-audit prune`, then ingest the same logs again"
        case .readOnly: return what + "cannot be written to (\(detail)): check its owner and mode, and those of its folder"
        case .busy: return what + "is in use by another process (\(detail)): try again when that has ended"
        case .contested: return what + "is used by another process for the same (\(detail)): let one of them do it"
        case .unreachable: return what + "cannot be reached (\(detail)): check that a server runs there, and try again"
        case .refused: return what + "refuses to answer (\(detail)): check the address, the name and the password"
        case .untrusted:
            return what + "is not trusted, and was asked nothing (\(detail)): check the address, and name its certificates as `authority` among the credentials"
        case .garbled: return what + "does not answer as it should (\(detail)): check that the address is that of the server that is meant"
        case .failed: return what + "could not be used (\(detail))"
        }
    }
}
