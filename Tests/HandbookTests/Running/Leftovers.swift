import Foundation
import Glibc
import TestSupport

/// Processes that a chapter has left, known by a variable of their environment.
enum Leftovers {
    /// Those that do not end by themselves within three seconds, by their command lines; they are ended.
    static func end(_ mark: String) throws -> [String] {
        var left: [Int32] = []
        for _ in 0..<60 {
            left = try processes(mark)
            if left.isEmpty { return [] }
            usleep(50_000)
        }
        return left.map { process in
            let line = (try? FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(process)/cmdline")).readToItsEnd()) ?? Data()
            kill(process, SIGKILL)
            return String(decoding: line, as: UTF8.self).replacing("\0", with: " ")
        }
    }

    private static func processes(_ mark: String) throws -> [Int32] {
        let found = try ProcessResult.run(
            URL(fileURLWithPath: "/bin/bash"), ["-c", #"grep -lsaF -- "$1" /proc/[0-9]*/environ; :"#, "bash", mark], collecting: .standard)
        return found.text.split(separator: "\n").compactMap { Int32($0.split(separator: "/")[1]) }
    }
}
