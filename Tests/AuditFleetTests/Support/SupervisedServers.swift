import Foundation

/// Servers that run in folders of their own, and end, with their folders, when this process does: a shell waits for that beside each.
final class SupervisedServers: @unchecked Sendable {
    private let root: URL
    /// The shells, each with the end of a pipe that is never written to.
    private var shells: [(process: Process, input: Pipe)] = []
    private var servers: [URL: Int32] = [:]

    init(_ root: URL) { self.root = root }

    func start(_ folder: URL, _ words: [String]) throws {
        let process = Process(), input = Pipe(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // A shell gives what runs behind it no input of its own. It does not wait for its end: where the signal that tells of it is blocked, it never would.
        let script = """
            cd "$1" || exit 1; root=$2; shift 2
            "$@" >output 2>&1 & server=$!
            echo $server; read -r line
            kill -9 $server 2>/dev/null; cd /
            for time in 1 2 3 4 5; do rm -rf "$root"; sleep 0.1; done 2>/dev/null
            """
        process.arguments = ["-c", script, "sh", folder.path, root.path] + words
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        servers[folder] = Int32(line.trimmingCharacters(in: .whitespacesAndNewlines))
        shells.append((process, input))
    }

    /// Ends a server at once.
    func kill(_ folder: URL) {
        guard let server = servers.removeValue(forKey: folder) else { return }
        Foundation.kill(server, SIGKILL)
        // Until nobody has its ports; its shell does not look at it.
        _ = eventually { (try? String(contentsOfFile: "/proc/\(server)/stat", encoding: .utf8))?.contains(") Z ") ?? true }
    }
}
