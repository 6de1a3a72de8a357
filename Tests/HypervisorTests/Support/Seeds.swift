import Foundation

/// Which seeds random tests run with: some from `XSM_RANDOM_FIRST` on, `XSM_RANDOM_CASES` of them where that is set. A failure
/// tells its seed.
enum Seeds {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap(Int.init) }

    static func some(_ count: Int) -> [UInt64] {
        let first = number("XSM_RANDOM_FIRST") ?? 0
        return (0..<(number("XSM_RANDOM_CASES") ?? count)).map { UInt64(bitPattern: Int64(first &+ $0)) }
    }
}
