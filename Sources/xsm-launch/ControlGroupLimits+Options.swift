import Arguments
import DMRestrict
import Files

// Limits as the command line says them, by an option.

extension ControlGroupLimits {
    /// Bytes: a number, and K, M or G for 2 to the power of 10, 20 or 30.
    static func memory(_ text: String, _ option: String) throws(UsageError) -> UInt64 {
        let units: [Character: UInt64] = ["K": 10, "M": 20, "G": 30]
        let shift = text.last.flatMap { units[$0] }
        let number = UInt64(shift == nil ? text[...] : text.dropLast())
        let range = memoryRange
        guard let number, number <= range.upperBound, case let bytes = number << (shift ?? 0), bytes >> (shift ?? 0) == number, range.contains(bytes) else {
            throw UsageError(message: "`\(option)` is a number of bytes, or of K, M or G, from 1M to 1048576G: not `\(text)`")
        }
        return bytes
    }

    /// Thousandths of a processor, from a number of them with at most three digits behind the point.
    static func processor(_ text: String, _ option: String) throws(UsageError) -> UInt32 {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts.count > 1 ? parts[1] : "0"
        let areDigits = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard areDigits, digits.count <= 3, let whole = UInt32(parts[0]), whole <= 1_000,
            let rest = UInt32(digits + String(repeating: "0", count: 3 - digits.count)),
            processorRange.contains(whole * 1_000 + rest)
        else { throw UsageError(message: "`\(option)` is a number of processors from 0.01 to 1000, as `0.5`: not `\(text)`") }
        return whole * 1_000 + rest
    }

    static func processes(_ text: String, _ option: String) throws(UsageError) -> UInt32 {
        let range = processesRange
        guard let count = UInt32(text), range.contains(count) else {
            throw UsageError(message: "`\(option)` is a number from \(range.lowerBound) to \(range.upperBound): not `\(text)`")
        }
        return count
    }
}

extension LaunchRequest {
    /// The devices that it sees: files that are bound as devices, and those in folders that are.
    var boundDevices: [DeviceRule] {
        bindings.filter(\.isDevice).flatMap { binding in
            let entries = Files.isDirectory(binding.source) ? (Files.entries(of: binding.source) ?? []).map { binding.source + "/" + $0 } : [binding.source]
            return entries.compactMap { DeviceRule(at: $0, isWritable: binding.isWritable) }
        }
    }
}
