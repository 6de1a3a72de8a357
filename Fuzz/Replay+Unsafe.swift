import Glibc

/// Gives a target every file of some folders, and then inputs that it makes of them: what the fuzzer has found stays mended, and a target is tried
/// where nobody searches. Without libFuzzer, so that it runs against what the tests were built with.
///
///     TARGET SEED COUNT FOLDER…            COUNT inputs are made, of the seed's random numbers
///     TARGET SEED COUNT FOLDER… --tell     says before each what it is: the last one is the finding
@main
struct Replay {
    private let tells: Bool
    private var random: UInt64

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        let folders = words.dropFirst(2).filter { $0 != "--tell" }
        guard words.count > 2, let seed = UInt64(words[0]), let count = Int(words[1]), !folders.isEmpty else { return end("usage: TARGET SEED COUNT FOLDER… [--tell]") }
        var replay = Replay(tells: words.contains("--tell"), random: seed)
        var inputs: [[UInt8]] = []
        for folder in folders {
            for name in files(in: folder) {
                guard let bytes = contents(of: folder + "/" + name) else { return end("`\(folder)/\(name)` cannot be read") }
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

    /// SplitMix64: the same numbers for the same seed, everywhere.
    private mutating func next(below bound: Int) -> Int {
        random &+= 0x9e37_79b9_7f4a_7c15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(bound, 1)))
    }

    /// An input with a few changes: a byte, a number at its ends, a part left out, twice, or taken from another.
    private mutating func input(madeOf inputs: [[UInt8]]) -> [UInt8] {
        var bytes = inputs[next(below: inputs.count)]
        for _ in 0...next(below: 4) {
            let place = next(below: bytes.count + 1)
            let end = min(place + 1 + next(below: 32), bytes.count)
            switch next(below: 7) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << next(below: 8)
            case 1 where place < bytes.count: bytes[place] = UInt8(next(below: 256))
            case 2 where place < end: bytes.replaceSubrange(place..<end, with: repeatElement([0, 0x7f, 0x80, 0xff][next(below: 4)], count: end - place))
            case 3: bytes.removeSubrange(place..<max(place, end))
            case 4: bytes.insert(contentsOf: Array(bytes[place..<max(place, end)]), at: place)
            case 5: bytes = Array(bytes.prefix(place))
            default:
                let other = inputs[next(below: inputs.count)]
                bytes = Array((bytes.prefix(place) + other.suffix(other.count - next(below: other.count))).prefix(8192))
            }
        }
        return bytes
    }

    // MARK: - Files

    /// The names of a folder's files, in order.
    private static func files(in folder: String) -> [String] {
        // SAFETY: the stream is open until it is closed, and an entry is read before the next one is asked for.
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func contents(of path: String) -> [UInt8]? {
        // SAFETY: as above; no more is read than there is room for.
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
