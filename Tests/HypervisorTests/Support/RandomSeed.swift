import Foundation

/// A seed for random tests: that of the environment (`XSM_SEED`), to do a failure again, or a new one. It is printed.
enum RandomSeed {
    static func next(for what: String) -> UInt64 {
        let seed = ProcessInfo.processInfo.environment["XSM_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        print("seed of \(what): \(seed)")
        return seed
    }
}
