import Arguments
import AuditAnalysis
import AuditLog
import AuditPages
import AuditStore
import Commands
import Files
import Glibc
import PageServer
import PolicyAnalysis
import Reports
import SourceFiles
import Synchronization
import Threading

/// `xsm-audit serve`: pages about what was denied.
struct ServeCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] --store STORE [LOG …]",
        about: """
            Pages about the decisions of a database, for a browser: who was denied what, when and
            how often, and for each why, by a policy, and what would allow it, by its source. LOGs
            are followed into the database meanwhile. Only this machine is served, unless `--token` names
            a file with a word of at least 16 characters that whoever wants to see pages must know. It
            ends when it is told to (Ctrl-C).
            """,
        examples: [
            "of a log that grows, with causes":
                "xsm-audit serve --store audit.sqlite --policy Policies/reference /var/log/xen/console/hypervisor.log",
        ],
        statuses: ["0": "it was told to end", "2": "it cannot serve"])

    private var store: String?
    private var credentials: String?
    private var address = ListeningAddress("127.0.0.1:8642")
    private var token: String?
    private var host = ""
    private var refresh = 5
    private var assertions: String?
    private var question = PolicyQuestion()

    static var needsLogs: Bool { false }

    mutating func set(_ option: ServeOption, to value: String) throws(UsageError) {
        switch option {
        case .store: store = value
        case .credentials: credentials = value
        case .listen:
            guard let address = ListeningAddress(value) else {
                throw UsageError(message: "`\(value)` is no address to listen at: say a port, or like `127.0.0.1:8642` or `[::1]:8642`")
            }
            self.address = address
        case .token: token = value
        case .host: host = value
        case .refresh:
            guard let seconds = Int(value), (1...3_600).contains(seconds) else { throw UsageError(message: "`--refresh` is seconds, 1 to 3600, not `\(value)`") }
            refresh = seconds
        case .assertions: assertions = value
        case .policy(let option): try question.set(option, to: value)
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        guard let store else { throw .usage(UsageError(message: "there is no database: name its file with `--store`")) }
        guard let address else { throw .usage(UsageError(message: "there is no address to listen at")) }
        let word = try secretWord(address)
        let context = try context(logs)
        // A browser may go while it is answered, and the disk may be full while a log is kept.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        try follow(logs, into: store)
        let credentials = credentials
        // What is wrong with it is said before anybody asks.
        _ = try StoreLocation.open(store, credentials: credentials)
        do throws(PageServerFailure) {
            let server = try PageServer(address)
            let chance = (0..<4).flatMap { _ in bytes(of: UInt64.random(in: .min ... .max)) }
            let gate = PageGate(server.address, token: word, session: chance)
            tell("http://\(server.address)/\n", STDOUT_FILENO)
            try server.run {
                var pages: AuditPages?
                return { request in
                    if let refusal = gate.refusal(of: request) { return refusal }
                    do throws(CommandFailure) {
                        if pages == nil { pages = AuditPages(try StoreLocation.open(store, credentials: credentials), context) }
                        return pages?.response(to: request) ?? PageResponse(.failed)
                    } catch {
                        return PageResponse(.unavailable, "text/plain; charset=utf-8", Array("\(error.message)\n".utf8))
                    }
                }
            }
        } catch {
            throw .server(error)
        }
        return CommandAnswer(.answered, [])
    }

    private func bytes(of number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }

    private func secretWord(_ address: ListeningAddress) throws(CommandFailure) -> [UInt8]? {
        guard let token else {
            guard address.isLoopback else {
                throw .usage(UsageError(message: "`\(address)` can be reached from elsewhere: name a file with `--token`, or listen at 127.0.0.1"))
            }
            return nil
        }
        let bytes: [UInt8]
        do throws(SecretFile.Failure) { bytes = try SecretFile(token, limit: 4_096).bytes } catch { throw .secret(error) }
        let word = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard word.count >= PageGate.tokenLimit, word.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw .secret(
                SecretFile.Failure(
                    path: token, detail: "its first line is no word of at least \(PageGate.tokenLimit) visible characters: `openssl rand -hex 24` prints one"))
        }
        return Array(word)
    }

    private func context(_ logs: Logs) throws(CommandFailure) -> PageContext {
        var context = PageContext(names: try logs.names(), refreshSeconds: refresh)
        guard let path = question.path else { return context }
        guard let policy = try question.policy() else { return context }
        context.policy = policy
        context.policyName = path
        context.booleans = question.booleans
        guard policy.form != .image else { return context }
        let source = try SuggestionSource(path, question.input, assertions: assertions)
        // Each takes a processor for seconds: who comes meanwhile is told so, and pages are answered.
        let turn = Mutex(())
        context.suggest = { cells in
            turn.withLockIfAvailable { _ in
                do throws(QuestionMistake) { return .success(try source.finder.suggestions(for: cells)) } catch { return .failure(error) }
            }
        }
        return context
    }

    /// Logs are kept as they grow, by a thread of its own.
    private func follow(_ logs: Logs, into path: String) throws(CommandFailure) {
        guard !logs.paths.isEmpty else { return }
        guard !StoreLocation.isServer(path) else {
            throw .usage(UsageError(message: "logs are followed into a file: give one to `--store`, and `xsm-audit ship` what is in it"))
        }
        do throws(StoreError) { _ = try SQLiteStore(path) } catch { throw .store(error) }
        let (paths, options, host) = (logs.paths, logs.options, Array(host.utf8))
        do throws(ThreadFailure) {
            try Thread.detached {
                let store: SQLiteStore
                do throws(StoreError) { store = try SQLiteStore(path) } catch { return CommandFailure.store(error).report() }
                FollowedIngest.follow(paths.map { FollowedIngest($0, store, IngestOptions(host: host, log: Array($0.utf8), reader: options)) })
            }
        } catch {
            throw .server(PageServerFailure("cannot start a thread", error.number))
        }
    }
}
