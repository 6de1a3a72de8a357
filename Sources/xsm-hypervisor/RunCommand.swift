import Arguments
import CLinux
import Commands
import Files
import Flask
import Glibc
import Hypervisor
import XenStore

/// `xsm-hypervisor run`: a hypervisor, its sockets, and its console.
struct RunCommand: RunnableCommand {
    typealias Option = RunOption

    static let manual = Manual(
        "[OPTION…]",
        about: """
            Starts a hypervisor, under a policy, and serves Xen's own programs until it is told to end (Ctrl-C). Its console, on which
            denials are told, is the standard error and what `--log` names.
            """,
        examples: [
            "in a folder of its own":
                "xsm-hypervisor run --policy xenpolicy-4.17 --directory /tmp/xen",
        ],
        statuses: ["0": "it was told to end", "1": "it does not start", "2": "the command line is wrong"],
        files: [
            "/run/xsm-hypervisor/": "the hypervisor's sockets, where `--directory` does not say otherwise",
        ])

    let arguments: RunArguments

    init?(_ words: [String]) throws(UsageError) {
        let arguments = try RunArguments(words)
        guard !arguments.printsHelp else { return nil }
        self.arguments = arguments
    }

    /// How long nobody needs to come to one that ends when it is idle.
    private static let unusedSeconds: UInt32 = 30

    /// The exit status.
    func run() throws(CommandFailure) -> Int32 {
        linux_keep_signals()
        // How many clients there can be depends on it.
        _ = linux_raise_descriptor_limit()
        let policy = try arguments.policy.map { path throws(CommandFailure) in try PolicyImage.bytes(of: path, for: arguments.release) }
        let log = try openLog()
        let isQuiet = arguments.isQuiet
        var configuration = Hypervisor.Configuration(vocabulary: try vocabulary())
        configuration.module = arguments.module
        configuration.bootMode = arguments.mode
        configuration.isStrict = arguments.isStrict
        configuration.memoryPages = arguments.memoryMebibytes * 256
        configuration.dom0Pages = configuration.memoryPages / 4
        configuration.processorCount = arguments.processors
        configuration.commandLine = arguments.commandLine
        configuration.console = { bytes in
            if !isQuiet { try? Files.write(bytes, to: STDERR_FILENO) }
            if let log { try? Files.write(bytes, to: log) }
        }
        let hypervisor: Hypervisor
        do {
            hypervisor = try Hypervisor(configuration, policy: policy)
        } catch {
            throw CommandFailure(PolicyImage.words(error, arguments.policy, arguments.release, consoleIsShown: !isQuiet))
        }
        let server = ConnectionServer(hypervisor, ownsServers: arguments.ownsServers)
        try makeDirectory()
        let store = try serveStore(to: hypervisor)
        let path = arguments.directory + "/dom0"
        do {
            try server.listen(at: path, domain: 0, user: geteuid())
        } catch {
            throw CommandFailure("cannot listen at `\(path)`: \(Self.reason(error.number))")
        }
        let user = arguments.user ?? (0, 0)
        let dropped = linux_drop_privileges(user.uid, user.gid)
        guard dropped == 0 else { throw CommandFailure("cannot give up privileges: \(Self.reason(-dropped))") }
        tell("xsm-hypervisor: serving dom0 at \(path), under the tables of Xen \(arguments.release)\n", STDERR_FILENO)
        if arguments.endsWhenIdle {
            // By the signal that ends it otherwise.
            guard server.whenIdle(orUnusedFor: Self.unusedSeconds, { kill(getpid(), SIGTERM) }) else { throw CommandFailure("the system has no more threads") }
        }
        _ = linux_wait_for_end()
        Files.remove(path)
        try keep(store)
        store.stop()
        return 0
    }

    // MARK: XenStore

    /// A XenStore whose clients are domains, each by a socket of its own: `xenstored` for dom0, `xenstored-N` for others.
    private func serveStore(to hypervisor: Hypervisor) throws(CommandFailure) -> XenStoreServer {
        let directory = arguments.directory
        do {
            let store = try openStore()
            try store.listen(onSocketAt: directory + "/xenstored", domain: 0)
            // What Xen's `xen-init-dom0` writes: who dom0 is, and the pool that all processors are in.
            try store.write("/local/domain/0/name", Array("Domain-0".utf8))
            try store.write("/local/domain/0/domid", Array("0".utf8))
            try store.write("/local/pool/0/name", Array("Pool-0".utf8))
            hypervisor.observe { event in
                switch event {
                case .created(let number):
                    // Without a socket the domain has no store, which it will notice.
                    try? store.listen(onSocketAt: directory + "/xenstored-\(number)", domain: number)
                case .abandoned(let number):
                    // Nobody is left who would have it forgotten.
                    try? store.remove("/local/domain/\(number)")
                    try? store.remove("/local/domain/0/device-model/\(number)")
                case .destroyed(let number):
                    store.stopListening(for: number)
                    store.release(number)
                }
            }
            return store
        } catch {
            throw CommandFailure("cannot serve XenStore in `\(directory)`: \(error)")
        }
    }

    private func openStore() throws -> XenStoreServer {
        guard let path = arguments.store, Files.exists(path) else { return try XenStoreServer() }
        return try XenStoreServer.restored(fromFileAt: path)
    }

    private func keep(_ store: XenStoreServer) throws(CommandFailure) {
        guard let path = arguments.store else { return }
        do {
            try store.save(to: path)
        } catch {
            throw CommandFailure("cannot keep XenStore in `\(path)`: \(error)")
        }
    }

    private func vocabulary() throws(CommandFailure) -> Vocabulary {
        guard let vocabulary = Vocabulary(of: arguments.release) else {
            throw CommandFailure("the tables of Xen \(arguments.release) are not known")
        }
        return vocabulary
    }

    private static func reason(_ number: Int32) -> String { FileError(path: "", number: number).reason }

    private func openLog() throws(CommandFailure) -> Int32? {
        guard let path = arguments.log else { return nil }
        do {
            return try Files.openForAppending(path)
        } catch {
            throw CommandFailure("cannot write to `\(path)`: \(error.reason)")
        }
    }

    /// The folder of the sockets: whoever could write to it would put his own in their place, and be taken for this hypervisor.
    private func makeDirectory() throws(CommandFailure) {
        let directory = arguments.directory
        do {
            try Files.makeDirectory(directory)
        } catch {
            throw CommandFailure("cannot make `\(directory)`: \(error.reason)")
        }
        guard Files.isDirectory(directory), let (users, mode) = Files.owners(of: directory) else {
            throw CommandFailure("`\(directory)` is no folder: name one, or what is not there yet, by `--directory`")
        }
        let trusted: Set<UInt32> = [0, geteuid(), arguments.user?.uid ?? 0]
        if let other = users.subtracting(trusted).min() {
            throw CommandFailure("`\(directory)` belongs to user \(other), who could put sockets of his own into it: name a folder of yours, or one that is not there yet")
        }
        guard mode & 0o022 == 0 else {
            throw CommandFailure("others may write to `\(directory)`, and could put sockets of their own into it: `chmod go-w` it, or name a folder that is not there yet")
        }
    }
}
