import Foundation

/// What random tests draw from. Whatever is random comes from a seed that is told, so that a failure can be done again.
public enum RandomTest {
    private static func number(_ variable: String) -> Int? {
        guard let text = ProcessInfo.processInfo.environment[variable] else { return nil }
        guard let number = Int(text), number >= 0 else { fatalError("\(variable) is to be a number, and is `\(text)`") }
        return number
    }

    /// Another seed each time, or the one that `XSM_SEED` says. It is printed. Seeds are short, and numbers may be added to them.
    public static func seed(of test: String = #function, in file: String = #fileID) -> UInt64 {
        let seed = number("XSM_SEED").map(UInt64.init) ?? UInt64.random(in: 1...UInt64(UInt32.max))
        print("\(file), \(test): XSM_SEED=\(seed)")
        return seed
    }

    /// How many cases: as many as are usual, or `XSM_RANDOM_CASES`.
    public static func cases(_ usual: Int) -> Int { max(number("XSM_RANDOM_CASES") ?? usual, 1) }

    /// Cases that are the same each time, by their numbers: from 0, or `XSM_RANDOM_FIRST`, on. A failure tells its number.
    public static func numbers(_ usual: Int) -> Range<Int> {
        let first = number("XSM_RANDOM_FIRST") ?? 0
        return first..<first + cases(usual)
    }
}
