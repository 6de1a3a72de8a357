import CLinux
import Files
import Flask
import Glibc
import Hypervisor
import Synchronization
import Threading

// Measures hypercalls of a client over a connection, and a guest's access that a real QEMU answers: `hypervisor-benchmarks POLICY
// LIBRARIES`, where our client libraries lie, on one processor (`taskset`). Each line is a figure of `scripts/bench`.

func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The median time of an exchange, in microseconds, of a few rounds that are each long enough to be measured.
func median(_ exchange: () -> Void) -> Double {
    let rounds = (0..<41).map { _ in
        let start = now()
        for _ in 0..<500 { exchange() }
        return (now() - start) / 500 * 1e6
    }
    return rounds.sorted()[20]
}

/// A client as its library is: a message of 64 bytes there, one of 64 bytes back.
struct Exchange {
    let descriptor: Int32
    var message = [UInt8](repeating: 0, count: 64)
    var answer = [UInt8](repeating: 0, count: 128)

    mutating func set(_ words: [UInt64], kind: UInt32) {
        message = [UInt8](repeating: 0, count: 64)
        for index in 0..<4 { message[index] = UInt8(truncatingIfNeeded: kind >> UInt32(8 * index)) }
        for (place, word) in words.enumerated() {
            for index in 0..<8 { message[8 + 8 * place + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index)) }
        }
    }

    /// The result of the call.
    @discardableResult
    mutating func perform() -> Int64 {
        guard unsafe linux_send(descriptor, message, 64, nil, 0) == 64 else { return .min }
        var descriptors: [Int32] = [-1, -1]
        var count: Int32 = 2
        guard unsafe linux_receive(descriptor, &answer, answer.count, &descriptors, &count) >= 64 else { return .min }
        return (0..<8).reduce(0) { $0 | Int64(answer[$1]) << Int64(8 * $1) }
    }
}

guard CommandLine.arguments.count == 3, let policy = try Files.contents(of: CommandLine.arguments[1]),
    let vocabulary = XenRelease("4.17").flatMap({ Vocabulary(of: $0) })
else { exit(2) }
let hypervisor = try Hypervisor(Hypervisor.Configuration(vocabulary: vocabulary), policy: policy)
let server = ConnectionServer(hypervisor)
var ends: [Int32] = [-1, -1]
guard unsafe linux_message_sockets(&ends) == 0, server.serve(MessageSocket(ends[0]), as: 0) else { exit(1) }
var client = Exchange(descriptor: ends[1])
client.set([0x3130_5059_484d_5358, 2, 1], kind: 2)
guard client.perform() == 0 else { exit(1) }
client.set([0x10_0000], kind: 3)
guard client.perform() == 0 else { exit(1) }
// `XENVER_pagesize`, which Flask is asked about.
client.set([17, 7, 0, 0, 0, 0], kind: 4)
guard client.perform() == 4_096 else { exit(1) }

// The same messages between two threads that do nothing else with them.
var bare: [Int32] = [-1, -1]
guard unsafe linux_message_sockets(&bare) == 0 else { exit(1) }
let other = bare[1]
try Thread.detached {
    var bytes = [UInt8](repeating: 0, count: 64)
    var descriptors: [Int32] = [-1, -1]
    var count: Int32 = 2
    while true {
        count = 2
        guard unsafe linux_receive(other, &bytes, 64, &descriptors, &count) == 64,
            unsafe linux_send(other, bytes, 64, nil, 0) == 64
        else { return }
    }
}
var ping = Exchange(descriptor: bare[0])

var hypercalls: [Double] = []
var roundTrips: [Double] = []
for _ in 0..<5 {
    roundTrips.append(median { ping.perform() })
    hypercalls.append(median { client.perform() })
}
let hypercall = hypercalls.sorted()[2]
let roundTrip = roundTrips.sorted()[2]
func text(_ value: Double) -> String { String(Double(Int(value * 100 + 0.5)) / 100) }
print("hypervisor.hypercall-us \(text(hypercall)) us")
print("hypervisor.hypercall-us.bare \(text(roundTrip)) us")
print("hypervisor.hypercall-us.ratio \(text(hypercall / roundTrip)) x bare")

// What a check adds to a hypercall that does nothing else: the page size is asked about, the version is not.
struct NoMemory: CallerMemory {
    func read(_ count: Int, at address: UInt64) -> [UInt8]? { nil }
    func write(_ bytes: [UInt8], at address: UInt64) -> Bool { false }
}
guard let caller = hypervisor.client(of: 0, memory: NoMemory()) else { exit(1) }
func nanoseconds(_ command: UInt64) -> Double {
    let arguments: [UInt64] = [command, 0, 0, 0, 0]
    let rounds = (0..<41).map { _ in
        let start = now()
        for _ in 0..<20_000 { _ = caller.hypercall(17, arguments) }
        return (now() - start) / 20_000 * 1e9
    }
    return rounds.sorted()[20]
}
let unchecked = nanoseconds(0)
let checked = nanoseconds(7)
print("hypervisor.check-ns \(text(checked - unchecked)) ns")
print("hypervisor.check-ns.unchecked \(text(unchecked)) ns")

// The guest's processor reads a register of the serial port that keeps what is written to it.
let guest = try Guest(hypervisor, server, libraries: CommandLine.arguments[2])
guard let write = GuestAccess(.port, at: 0x3ff, size: 1, write: 0x5a), let read = GuestAccess(.port, at: 0x3ff, size: 1),
    try guest.processor.perform(write) == 0, try guest.processor.perform(read) == 0x5a
else { exit(1) }
let access = median { _ = try? guest.processor.perform(read) }
print("hypervisor.ioreq-us \(text(access)) us")
print("hypervisor.ioreq-us.ratio \(text(access / roundTrip)) x bare")
guest.end()
