import Counting
import Csepol
import Flask
import Foundation

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
func compare(_ name: String, ours: Double, peer: Double, scale: Double, unit: String, measure: String = "time") {
    func text(_ value: Double) -> String { String(Double(Int(value * 100 + 0.5)) / 100) }
    print("\(name) \(text(peer / ours)) x libsepol")
    print("\(name).\(measure) \(text(ours * scale)) \(unit)")
    print("\(name).peer.\(measure) \(text(peer * scale)) \(unit)")
}

// Load: from bytes to what can be asked. Taking it apart again is not counted.
var ourTimes: [Double] = []
var peerTimes: [Double] = []
for _ in 0..<31 {
    var start = now()
    let other = try LoadedPolicy(image: image, subjectClass: "process")
    ourTimes.append(now() - start)
    withExtendedLifetime(other) {}
    start = now()
    guard let another = unsafe image.withUnsafeBytes({ unsafe sepol_peer_open($0.baseAddress, $0.count) }) else { exit(1) }
    peerTimes.append(now() - start)
    unsafe sepol_peer_close(another)
}
compare("flask.load", ours: ourTimes.sorted()[15], peer: peerTimes.sorted()[15], scale: 1e3, unit: "ms")

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

// Memory: what is allocated for a policy that is ready to be asked.
do {
    let before = allocated_bytes()
    let mine = try LoadedPolicy(image: image, subjectClass: "process")
    let between = allocated_bytes()
    guard let other = unsafe image.withUnsafeBytes({ unsafe sepol_peer_open($0.baseAddress, $0.count) }) else { exit(1) }
    let after = allocated_bytes()
    withExtendedLifetime(mine) {}
    unsafe sepol_peer_close(other)
    compare(
        "flask.memory", ours: Double(between - before), peer: Double(after - between), scale: 1.0 / 1_048_576, unit: "MiB",
        measure: "size")
}

// Answers that the cache knows, asked as a hypervisor asks on each hypercall: a few dozen questions in turn.
var options = SecurityServer.Options()
options.acceptsLinuxPolicies = true
let server = SecurityServer(vocabulary: Vocabulary(of: .newest)!, options: options)
_ = try server.load(image)
let cache = AccessVectorCache(server: server, processors: 2)
/// Granted permissions of valid contexts, as a hypervisor asks for them.
@MainActor func hotQuestions(_ count: Int) throws -> [HotQuestions.Question] {
    var questions: [HotQuestions.Question] = []
    while questions.count < count {
        let pair = try (0..<2).map { _ -> SecurityIdentifier in
            while true {
                let type = types.randomElement(using: &random)!
                let role = policy.roles.indices.filter { policy.roles[$0]?.types.contains(type) == true }.randomElement(using: &random) ?? 0
                let users = policy.users.indices.filter { policy.users[$0]?.roles.contains(role) == true }
                guard let user = users.randomElement(using: &random) else { continue }
                let context = SecurityContext(
                    user: UInt32(user + 1), role: UInt32(role + 1), type: UInt32(type + 1), range: MLSRange(low: level, high: level))
                if policy.isValid(context) { return try server.identifier(of: loaded.text(of: context)) }
            }
        }
        let objectClass = UInt16.random(in: 1...UInt16(policy.classes.count), using: &random)
        let allowed = try server.accessDecision(source: pair[0], target: pair[1], objectClass: objectClass).decision.allowed
        if allowed != 0 { questions.append(.init(source: pair[0], target: pair[1], objectClass: objectClass, requested: allowed & (0 &- allowed))) }
    }
    return questions
}
let hot = try HotQuestions(cache: cache, questions: hotQuestions(64))

let rounds = 200_000
let questionCount = Double(rounds * hot.questions.count)
_ = hot.ask(1_000, processor: 0)
let countsBefore = (counted_allocations(), counted_references())
_ = hot.ask(10_000, processor: 0)
let countsAfter = (counted_allocations(), counted_references())
print("flask.avc-hit-allocations \(countsAfter.0 - countsBefore.0) blocks in \(10_000 * hot.questions.count) answers")
print("flask.avc-hit-references \(countsAfter.1 - countsBefore.1) retains and releases in \(10_000 * hot.questions.count) answers")
let hitTimes = (0..<9).map { _ in (hot.time(threads: 1, rounds: rounds), hot.time(threads: 2, rounds: rounds)) }
// What else the machine does can only add to so few nanoseconds: the best run is the figure.
let alone = hitTimes.map(\.0).min()!
let together = hitTimes.map { 2 * $0.0 / $0.1 }.sorted()[4]
func rounded(_ value: Double) -> String { String(Double(Int(value * 100 + 0.5)) / 100) }
guard countsAfter == countsBefore else {
    print("answers from the cache allocate or count references")
    exit(1)
}
print("flask.avc-hit-ns \(rounded(alone / questionCount * 1e9)) ns")
print("flask.avc-two-threads \(rounded(together)) x one thread")
