import Foundation

/// The seed of a random test: the one that `XSM_SEED` names, or another each time. It is printed, to be repeated.
func testSeed(_ test: String = #function) -> UInt64 {
    let seed = ProcessInfo.processInfo.environment["XSM_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    print("\(test): XSM_SEED=\(seed)")
    return seed
}
