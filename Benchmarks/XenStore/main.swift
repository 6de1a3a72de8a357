import Glibc
import XenStore

// Measures the XenStore over real UNIX sockets, server and client in one process on a thread each. Rates of one client are
// told twice: with one request on its way at a time, and with many (`-pipelined`). A transaction is four requests: start, read
// of one node, write of another, end; with many on their way, 32 are open at a time, so that their commits have to be merged.
// Scaling is the time of a mixture of requests by domains that each have a connection, 12 nodes and 3 watches, with 1,000 of
// them through that with 10.

func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func median(_ runs: Int, _ body: () -> Double) -> Double { (0..<runs).map { _ in body() }.sorted()[runs / 2] }

func string(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

var limit = rlimit(rlim_cur: 4_096, rlim_max: 4_096)
unsafe getrlimit(__rlimit_resource_t(7), &limit)
limit.rlim_cur = limit.rlim_max
unsafe setrlimit(__rlimit_resource_t(7), &limit)

let path = "/tmp/xenstore-benchmark-\(getpid())"
let server = try XenStoreServer()
try server.listen(onSocketAt: path)
for domain in 1...32 {
    try server.write("/local/domain/\(domain)/device/vif/0/state", Array("4".utf8))
    try server.write("/local/domain/\(domain)/device/vif/0/mac", Array("00:16:3e:00:00:01".utf8))
}

let client = Client(path: path)
let read = string("/local/domain/7/device/vif/0/state")

@MainActor func reads(_ count: Int, depth: Int) -> Double {
    let start = now()
    for _ in 0..<(count / depth) {
        for _ in 0..<depth { client.queue(2, read) }
        client.send()
        client.expect(2, times: depth)
    }
    return Double(count / depth * depth) / (now() - start)
}

@MainActor func transactions(_ count: Int, depth: Int) -> Double {
    let start = now()
    let reads = (1...depth).map { string("/local/domain/\($0)/device/vif/0/mac") }
    let writes = (1...depth).map { string("/local/domain/\($0)/device/vif/0/state") + Array("4".utf8) }
    let commit = string("T")
    for _ in 0..<(count / depth) {
        for _ in 0..<depth { client.queue(6, [0]) }
        client.send()
        for index in 0..<depth {
            let number = client.reply().payload.dropLast().reduce(0) { 10 * $0 + UInt32($1 - 48) }
            client.queue(2, reads[index], transaction: number)
            client.queue(11, writes[index], transaction: number)
            client.queue(7, commit, transaction: number)
        }
        client.send()
        for _ in 0..<depth {
            client.expect(2, times: 1)
            client.expect(11, times: 1)
            client.expect(7, times: 1)
        }
    }
    return Double(count / depth * depth) / (now() - start)
}

/// Prints the median of five runs, if the figure is wanted.
@MainActor func rate(_ name: String, _ body: () -> Double) {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.isEmpty || arguments.contains(name) else { return }
    print("hypervisor.xenstore-\(name) \(Int(median(5, body))) /s")
}

_ = reads(20_000, depth: 64)
rate("reads") { reads(30_000, depth: 1) }
rate("reads-pipelined") { reads(200_000, depth: 64) }
rate("transactions") { transactions(10_000, depth: 1) }
rate("transactions-pipelined") { transactions(32_000, depth: 32) }
guard CommandLine.arguments.count == 1 || CommandLine.arguments.contains("scaling") else { exit(0) }

/// A server with so many domains.
final class Crowd {
    let server: XenStoreServer
    var clients: [Client] = []

    init(_ count: Int) throws {
        server = try XenStoreServer()
        for domain in 1...count {
            let number = UInt16(domain)
            server.introduce(number)
            let permissions = NodePermissions(owner: number)
            try server.write("/local/domain/\(domain)", [], permissions: permissions)
            for index in 0..<10 {
                try server.write("/local/domain/\(domain)/data/\(index)", Array("value".utf8), permissions: permissions)
            }
            var ends: [Int32] = [0, 0]
            let made = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
            precondition(made == 0, "no socket")
            try server.adopt(ends[0], domain: number)
            let client = Client(ends[1])
            client.queue(4, string("data/0") + string("a"))
            client.queue(4, string("control") + string("b"))
            client.queue(4, string("/local/domain/0/backend/vif/\(domain)") + string("c"))
            client.send()
            client.expect(4, times: 3)
            clients.append(client)
        }
    }

    deinit {
        server.stop()
        for client in clients { close(client.descriptor) }
    }

    /// Seconds of an operation: ten domains at a time send eight requests each, one of which an own watch is told of.
    func run(_ operations: Int) -> Double {
        let start = now()
        var done = 0
        var next = 0
        while done < operations {
            let group = (0..<10).map { clients[(next + $0) % clients.count] }
            next = (next + 10) % clients.count
            for client in group {
                for index in 0..<4 {
                    client.queue(2, string("data/\(index)"))
                    client.queue(11, string("data/\(index)") + Array("other".utf8))
                }
                client.send()
            }
            for client in group {
                for _ in 0..<4 {
                    client.expect(2, times: 1)
                    client.expect(11, times: 1)
                }
            }
            done += 80
        }
        return (now() - start) / Double(done)
    }
}

let small = try Crowd(10)
let large = try Crowd(1_000)
_ = small.run(80_000)
_ = large.run(80_000)
var ratios: [Double] = []
for _ in 0..<7 {
    let few = small.run(80_000)
    ratios.append(large.run(80_000) / few)
}
print("hypervisor.xenstore-scaling \(Double(Int(ratios.sorted()[3] * 100 + 0.5)) / 100) x ten")
server.stop()
