import Arguments
import CLinux
import Commands
import Files
import Glibc
import Hypervisor

/// `xsm-hypervisor exec`: a program of Xen's, with our client libraries in place of Xen's own, as a domain.
struct ExecCommand: RunnableCommand {
    typealias Option = ExecOption

    static let manual = Manual(
        "[OPTION…] COMMAND [ARGUMENT…]",
        about: """
            Runs a program of Xen's as a domain, dom0 unless `--domain` names another, with our client libraries in place of Xen's.
            """,
        examples: [
            "Xen's tool stack":
                "xsm-hypervisor exec --directory /tmp/xen /usr/lib/xen-4.17/bin/xl list",
            "may guest 1 read guest 2's registers?":
                "xsm-hypervisor exec --directory /tmp/xen --domain 1 /usr/lib/xen-4.17/bin/xen-hvmctx 2",
        ],
        statuses: ["N": "what the program exits with", "125": "the hypervisor cannot be reached", "126": "the program cannot be run", "127": "there is none", "2": "the command line is wrong"],
        files: [
            "/run/xsm-hypervisor/": "the hypervisor's sockets, where `--directory` does not say otherwise",
        ])

    private var directory = "/run/xsm-hypervisor"
    private var domain: UInt16 = 0
    /// What is closed to the program; nil where it is one of its domain's and no other.
    private var limits: ClientLimits?
    private var user: (uid: UInt32, gid: UInt32)?
    private var shim: String?
    private var command: [String] = []

    init?(_ words: [String]) throws(UsageError) {
        var printsHelp = false
        var parser = OptionParser<ExecOption>(words)
        // Options behind the program's name are the program's.
        while command.isEmpty, let item = try parser.next() {
            switch item {
            case .operand(let word): command = [word] + parser.rest
            case .option(.directory, let value): directory = value
            case .option(.shim, let value): shim = value
            case .option(.help, _): printsHelp = true
            case .option(.domain, let value): domain = try Self.number(value, of: "domain")
            case .option(.ownServers, _): limits = limits ?? ClientLimits()
            case .option(.restrict, let value):
                limits = limits ?? ClientLimits()
                limits?.restriction = try Self.number(value, of: "restrict")
            case .option(.deviceModelOperations, let value):
                let (numbers, unknown) = ClientLimits.deviceModelOperations(named: value)
                if let unknown {
                    let names = ClientLimits.deviceModelOperationNames.map { "`\($0)`" }.joined(separator: ", ")
                    throw UsageError(message: "there is no operation `\(unknown)` of dm_op: there are \(names)")
                }
                limits = limits ?? ClientLimits()
                limits?.deviceModelOperations = numbers
            case .option(.user, let value): user = try RunArguments.user(value)
            }
        }
        guard !printsHelp else { return nil }
        if command.isEmpty { throw UsageError(message: "there is no program to run") }
    }

    private static func number(_ value: String, of option: String) throws(UsageError) -> UInt16 {
        guard let number = UInt16(value) else { throw UsageError(message: "`--\(option)` is a number, not `\(value)`") }
        return number
    }

    static let statusOfFailure: Int32 = 125

    /// The exit status; it returns only when the program cannot be run.
    func run() throws(CommandFailure) -> Int32 {
        guard let shim = shim ?? Self.ownShim() else {
            throw CommandFailure("the client libraries are not beside this program: make them with `scripts/build-shim`, or name them with `--shim`")
        }
        let path = directory + "/dom0"
        var door = path
        var socket: MessageSocket?
        if domain != 0 || limits != nil {
            do throws(SystemError) {
                let opened = try ConnectionServer.openDoor(at: path, to: domain, limits: limits).socket
                linux_inherit(opened.descriptor)
                door = "fd:\(opened.descriptor)"
                socket = opened
            } catch {
                let restriction = limits?.restriction.map { ", restricted to \($0)," } ?? ""
                throw CommandFailure("cannot act as domain \(domain)\(restriction) through `\(path)`: \(FileError(path: path, number: error.number).reason)")
            }
        }
        Environment.set("XSM_HYPERVISOR", door)
        Environment.set("XENSTORED_PATH", domain == 0 ? directory + "/xenstored" : directory + "/xenstored-\(domain)")
        // The program may work elsewhere, and have others started.
        Environment.set("LD_LIBRARY_PATH", (Files.resolved(shim) ?? shim) + (Files.environment("LD_LIBRARY_PATH").map { ":" + $0 } ?? ""))
        if let user {
            let dropped = linux_drop_privileges(user.uid, user.gid)
            guard dropped == 0 else {
                throw CommandFailure("cannot become user \(user.uid): \(FileError(path: "", number: -dropped).reason)")
            }
        }
        let number = withExtendedLifetime(socket) { Environment.execute(command, keeping: socket?.descriptor) }
        CommandFailure("cannot run `\(command[0])`: \(FileError(path: command[0], number: number).reason)").report()
        return number == ENOENT ? 127 : 126
    }

    /// Where the libraries lie in a build and where they are installed.
    private static func ownShim() -> String? {
        guard let own = Files.resolved("/proc/self/exe"), let end = own.lastIndex(of: "/") else { return nil }
        let folder = String(own[..<end])
        return ["/xen-shim", "/../xen-shim", "/../../xen-shim", "/../lib/swift-xsm/xen-shim"].map { folder + $0 }
            .first { Files.exists($0 + "/libxencall.so.1") }
    }
}
