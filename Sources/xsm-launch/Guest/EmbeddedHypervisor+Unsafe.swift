import CLinux
import CSandbox
import Commands
import DMRestrict
import Files
import Flask
import Glibc
import Hypervisor

// SAFETY: the words of a command live until the call returns, by which time another process has its own.

/// Our hypervisor as `run` finds it: one that serves already, or one that it starts.
final class EmbeddedHypervisor {
    let directory: String
    let toolstack: RemoteToolstack
    /// The process of one that was started here; nil where it served before.
    private let process: Int32?

    /// dom0's socket.
    var socket: String { directory + "/dom0" }

    /// The socket by which a domain comes to XenStore.
    func store(of domain: UInt16) -> String { directory + "/xenstored" + (domain == 0 ? "" : "-\(domain)") }

    /// How long one may take to serve.
    private static let patience = Duration.seconds(10)

    init(for arguments: RunArguments, output: Int32) throws(CommandFailure) {
        directory = arguments.directory
        let socket = directory + "/dom0"
        if let toolstack = Self.toolstack(at: socket, within: Self.patience) {
            if arguments.policy != nil { tell("xsm-launch: a hypervisor serves already in `\(directory)`: it keeps its policy\n", STDERR_FILENO) }
            (self.toolstack, process) = (toolstack, nil)
            return
        }
        guard let policy = arguments.policy else {
            throw CommandFailure(
                Files.exists("/dev/xen/privcmd")
                    ? "on a host with Xen its tool stack makes the guest: name `xsm-qemu` as `device_model_override` and use `xl create`"
                    : "no hypervisor serves in `\(directory)`: have one started by `--policy POLICY`, or start it by `xsm-hypervisor run`")
        }
        let program = try Installed.path(of: "xsm-hypervisor", in: ["."])
        var words = [program, "run", "--directory", directory, "--policy", policy, "--log", directory + "/log", "--quiet", "--until-idle"]
        if let release = arguments.release { words += ["--xen-release", release.description] }
        if arguments.isStrict { words.append("--strict") }
        do throws(FileError) {
            try Files.makeDirectory(directory)
        } catch {
            throw CommandFailure("there is no folder for the hypervisor: \(error)")
        }
        let process = Self.spawn(words, output)
        guard process > 0 else { throw CommandFailure("`\(program)` does not start: \(FileError(path: "", number: -process).reason)") }
        let end = Deadline(in: Self.patience)
        while !end.isOver {
            if let toolstack = try? RemoteToolstack(at: socket) {
                (self.toolstack, self.process) = (toolstack, process)
                return
            }
            var status: Int32 = 0
            if unsafe sandbox_ended(process, &status) != 0 { throw CommandFailure("the hypervisor ended before it served") }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        throw CommandFailure("the hypervisor does not serve after \(Self.patience.components.seconds) seconds")
    }

    /// One that serves; nil where none does. One that is about to end is waited for until it has.
    private static func toolstack(at socket: String, within time: Duration) -> RemoteToolstack? {
        let end = Deadline(in: time)
        while true {
            do throws(RemoteToolstack.Failure) {
                return try RemoteToolstack(at: socket)
            } catch {
                guard error.number == EAGAIN, !end.isOver else { return nil }
                usleep(10_000)
            }
        }
    }

    private static func spawn(_ words: [String], _ output: Int32) -> Int32 {
        var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        // What our caller left open is not the hypervisor's to keep open for longer than we do: somebody may wait for its end.
        _ = linux_close_at_exec(3)
        return unsafe sandbox_spawn(&pointers, output)
    }

    /// Needs it no more. One that `run` started ends itself with its last guest, whoever's that is: where it was started here, and none is
    /// left, that is waited for.
    func leave() {
        let domains = (try? toolstack.domains()) ?? []
        toolstack.leave()
        guard let process, !domains.contains(where: { $0 != 0 }) else { return }
        var status: Int32 = 0
        for _ in 0..<500 where unsafe sandbox_ended(process, &status) == 0 { usleep(10_000) }
    }
}
