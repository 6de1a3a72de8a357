internal import Files

/// Numbers of a host by its name, as this machine's administrator has them looked up. The program `getent` does it: it is the machine's own, and has what
/// a program that carries its C library has not.
enum HostLookup {
    static let program = "/usr/bin/getent"
    /// No more of them are tried.
    static let limit = 8

    static func numbers(of host: String, seconds: Int) throws(ConnectionFailure) -> [String] {
        if host.contains(":") || isNumber(host) { return [host] }
        if host.lowercased() == "localhost" { return ["127.0.0.1", "::1"] }
        let run: ProgramRun
        do {
            run = try ProgramRun(program, ["ahosts", host], input: [], more: [], outputLimit: 1 << 16, seconds: seconds)
        } catch {
            throw .unknownHost("`\(program)` cannot be run, which looks names up: \(error.reason)")
        }
        if run.end == .tooLong { throw .unknownHost("nobody says in time what number `\(host)` has") }
        var numbers: [String] = []
        for line in run.output.split(separator: 0x0A) {
            let word = String(decoding: line.prefix { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
            if !word.isEmpty, !numbers.contains(word) { numbers.append(word) }
        }
        guard run.end == .status(0), !numbers.isEmpty else { throw .unknownHost("no host has the name `\(host)`") }
        return Array(numbers.prefix(limit))
    }

    private static func isNumber(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
