import Files
import Glibc

/// What a launch needs of the system, told to who lacks it.
enum Privileges {
    /// What namespaces and mounts, another user, and giving things up take (capabilities(7)), by the bits of Linux.
    private static let needed: [(bit: UInt64, name: String)] = [
        (1 << 21, "CAP_SYS_ADMIN"), (1 << 7, "CAP_SETUID"), (1 << 6, "CAP_SETGID"), (1 << 8, "CAP_SETPCAP"),
    ]

    /// What to say behind a failure that permission would have spared; empty where it was another, or this process has what is needed.
    static func advice(on failure: String, of words: [String] = CommandLine.arguments) -> String {
        let reasons = [EPERM, EACCES].map { FileError(path: "", number: $0).reason }
        guard reasons.contains(where: failure.contains), let held = effective(in: Files.text(of: "/proc/self/status") ?? "") else { return "" }
        let missing = needed.filter { held & $0.bit == 0 }.map(\.name)
        guard !missing.isEmpty else { return "" }
        let command = words.dropFirst().prefix(1).joined()
        return "\nthis process lacks \(missing.joined(separator: ", ")): run it as root, as by `sudo xsm-launch \(command) …`"
    }

    /// The capabilities that a process has in force, as `/proc/PID/status` says.
    static func effective(in status: String) -> UInt64? {
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16) }
    }
}
