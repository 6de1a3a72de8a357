import Csepol
import Flask
import Glibc

// Measures decisions on one image, ours and libsepol's in one run: `flask-benchmarks IMAGE`. Each line is a figure of
// `scripts/bench`.

struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The median of some runs, in seconds.
func median(_ runs: Int, _ body: () -> Void) -> Double {
    let times = (0..<runs).map { _ in
        let start = now()
        body()
        return now() - start
    }
    return times.sorted()[runs / 2]
}

func contents(_ path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { return [] }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

let image = contents(CommandLine.arguments[1])
let policy = try ImageReader.read(image).policy
let loaded = try LoadedPolicy(policy, subjectClass: "process")
guard let peer = unsafe image.withUnsafeBytes({ unsafe sepol_peer_open($0.baseAddress, $0.count) }) else { exit(1) }
unsafe sepol_peer_choose(peer)

/// A comparison as `scripts/bench` prints it, both sides in seconds.
func compare(_ name: String, ours: Double, peer: Double, scale: Double, unit: String) {
    func text(_ value: Double) -> String { String(Double(Int(value * 100 + 0.5)) / 100) }
    print("\(name) \(text(peer / ours)) x libsepol")
    print("\(name).time \(text(ours * scale)) \(unit)")
    print("\(name).peer.time \(text(peer * scale)) \(unit)")
}

// Load: from bytes to what can be asked. Taking it apart again is not counted.
var ourTimes: [Double] = []
var peerTimes: [Double] = []
for _ in 0..<9 {
    var start = now()
    let other = try LoadedPolicy(ImageReader.read(image).policy, subjectClass: "process")
    ourTimes.append(now() - start)
    withExtendedLifetime(other) {}
    start = now()
    guard let another = unsafe image.withUnsafeBytes({ unsafe sepol_peer_open($0.baseAddress, $0.count) }) else { exit(1) }
    peerTimes.append(now() - start)
    unsafe sepol_peer_close(another)
}
compare("flask.load", ours: ourTimes.sorted()[4], peer: peerTimes.sorted()[4], scale: 1e3, unit: "ms")

// Decisions that no cache answers.
var random = SplitMix64(state: 7)
let types = policy.types.indices.filter { policy.types[$0]?.isAttribute == false }
let level = MLSLevel(sensitivity: policy.isMLS ? 1 : 0)
var contexts: [SecurityContext] = []
var sids: [UInt32] = []
for _ in 0..<400 {
    let type = types.randomElement(using: &random)!
    let role = policy.roles.indices.filter { policy.roles[$0]?.types.contains(type) == true }.randomElement(using: &random) ?? 0
    contexts.append(SecurityContext(user: 1, role: UInt32(role + 1), type: UInt32(type + 1), range: MLSRange(low: level, high: level)))
    var value = context_struct_t()
    value.user = 1
    value.role = UInt32(role + 1)
    value.type = UInt32(type + 1)
    unsafe value.range.level.0.sens = level.sensitivity
    unsafe value.range.level.1.sens = level.sensitivity
    sids.append(unsafe sepol_peer_sid(peer, &value))
}
let questions = (0..<20_000).map { _ in
    (Int.random(in: 0..<400, using: &random), Int.random(in: 0..<400, using: &random), UInt16.random(in: 1...UInt16(policy.classes.count), using: &random))
}
var sum: UInt64 = 0
let ours = median(5) {
    for (source, target, objectClass) in questions {
        if let decision = try? loaded.accessDecision(source: contexts[source], target: contexts[target], objectClass: objectClass) {
            sum &+= UInt64(decision.allowed)
        }
    }
} / Double(questions.count)
var peerSum: UInt64 = 0
let theirs = median(5) {
    for (source, target, objectClass) in questions {
        var decision = sepol_av_decision()
        _ = unsafe sepol_compute_av(sids[source], sids[target], objectClass, .max, &decision)
        peerSum &+= UInt64(decision.allowed)
    }
} / Double(questions.count)
guard sum == peerSum else {
    print("the decisions differ")
    exit(1)
}
compare("flask.decision-miss", ours: ours, peer: theirs, scale: 1e9, unit: "ns")
