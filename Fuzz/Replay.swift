import Files
import Glibc

/// Gives a target every file of some folders, and then inputs that it makes of them: what the fuzzer has found stays mended, and a target is tried
/// where nobody searches. Without libFuzzer, so that it runs against what the tests were built with.
///
///     TARGET SEED COUNT FOLDER…            COUNT inputs are made, of the seed's random numbers
///     TARGET SEED COUNT FOLDER… --tell     says before each what it is: the last one is the finding
@main
struct Replay {
    private let tells: Bool
    private var random: SplitMix64

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        let folders = words.dropFirst(2).filter { $0 != "--tell" }
        guard words.count > 2, let seed = UInt64(words[0]), let count = Int(words[1]), !folders.isEmpty else { return end("usage: TARGET SEED COUNT FOLDER… [--tell]") }
        var replay = Replay(tells: words.contains("--tell"), random: SplitMix64(seed: seed))
        var inputs: [[UInt8]] = []
        for folder in folders {
            for name in Files.entries(of: folder) ?? [] where !name.hasPrefix(".") {
                guard let bytes = try? Files.contents(of: folder + "/" + name) else { return end("`\(folder)/\(name)` cannot be read") }
                replay.give(bytes, folder + "/" + name)
                inputs.append(bytes)
            }
        }
        guard !inputs.isEmpty else { return end("there is no input in \(folders)") }
        for number in 0..<count { replay.give(replay.input(madeOf: inputs), "input \(number) of seed \(seed)") }
        print("\(inputs.count) inputs kept, \(count) made of them")
    }

    private func give(_ bytes: [UInt8], _ name: String) {
        if tells { print("\(name): \(bytes.prefix(4096).map { String($0, radix: 16) }.joined(separator: " "))") }
        exercise(bytes)
    }

    private static func end(_ words: String) {
        print("error: " + words)
        exit(2)
    }

    // MARK: - Inputs that are made

    /// An input with a few changes: a byte, a number at its ends, a part left out, twice, or taken from another.
    private mutating func input(madeOf inputs: [[UInt8]]) -> [UInt8] {
        var bytes = inputs[random.below(inputs.count)]
        for _ in 0...random.below(4) {
            let place = random.below(bytes.count + 1)
            let end = min(place + 1 + random.below(32), bytes.count)
            switch random.below(7) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << random.below(8)
            case 1 where place < bytes.count: bytes[place] = UInt8(random.below(256))
            case 2 where place < end: bytes.replaceSubrange(place..<end, with: repeatElement([0, 0x7f, 0x80, 0xff][random.below(4)], count: end - place))
            case 3: bytes.removeSubrange(place..<max(place, end))
            case 4: bytes.insert(contentsOf: Array(bytes[place..<max(place, end)]), at: place)
            case 5: bytes = Array(bytes.prefix(place))
            default:
                let other = inputs[random.below(inputs.count)]
                bytes = Array((bytes.prefix(place) + other.suffix(other.count - random.below(other.count))).prefix(8192))
            }
        }
        return bytes
    }
}
