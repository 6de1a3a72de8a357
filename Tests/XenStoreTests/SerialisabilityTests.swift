import TestSupport
import Testing

@testable import XenStore

/// Random histories of transactions that overlap, and of requests outside of any: each answer is the one that a plain model
/// gives when it does them one transaction after another, in the order of their commits. What only read comes first where it
/// began, and what was refused with `EAGAIN` did nothing at all.
@Suite("Serialisability")
struct SerialisabilityTests {
    private static let names = ["a", "b", "c"]

    private struct Open {
        let client: Int
        let number: UInt32
        let begin: SerialModel
        var history: [(SerialModel.Operation, String)] = []
    }

    private func path(_ random: inout SplitMix64) -> String {
        (0...random.below(3)).map { _ in "/" + random.pick(Self.names) }.joined()
    }

    private func operation(_ random: inout SplitMix64, _ caller: Int, reading: Int) -> SerialModel.Operation {
        let path = random.percent(4) ? "/" : path(&random)
        if random.percent(reading) {
            return random.pick([.read(path), .read(path), .list(path), .permissions(path)])
        }
        switch random.below(10) {
        case 0..<5: return .write(path, String(random.below(1_000)))
        case 5..<7: return .make(path)
        case 7: return .remove(path)
        default:
            let owner = random.percent(80) ? caller : random.below(3)
            let named = random.percent(40) ? " \(random.pick(["n", "r", "w", "b"]))\(random.below(3))" : ""
            return .setPermissions(path, "\(random.pick(["n", "r", "w", "b"]))\(owner)\(named)")
        }
    }

    private func perform(_ client: EngineClient, _ operation: SerialModel.Operation, _ number: UInt32) -> String {
        do throws(XenStoreError) {
            switch operation {
            case .read(let path): return "=" + (try client.read(path, number))
            case .list(let path): return try client.list(path, number).joined(separator: " ")
            case .permissions(let path): return try client.permissions(path, number)
            case .write(let path, let value): try client.write(path, value, number)
            case .make(let path): try client.make(path, number)
            case .remove(let path): try client.remove(path, number)
            case .setPermissions(let path, let permissions): try client.setPermissions(path, permissions, number)
            }
            return "OK"
        } catch {
            return error.rawValue
        }
    }

    private func contents(_ engine: StoreEngine) -> SerialModel {
        var model = SerialModel()
        func visit(_ node: StoreNode, _ path: String) {
            model.nodes[path.isEmpty ? "/" : path] = SerialModel.Node(
                value: String(decoding: node.value, as: UTF8.self), owner: Int(node.permissions.owner),
                others: String(UnicodeScalar(node.permissions.others.letter)),
                named: node.permissions.named.map { "\(UnicodeScalar($0.access.letter))\($0.domain)" })
            node.children.forEach { visit($0, path + "/" + String(decoding: $0.name, as: UTF8.self)) }
        }
        visit(engine.root, "")
        return model
    }

    @Test("committed transactions answer as if each had been alone, in the order of their commits")
    func histories() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        var (committed, conflicts, reading) = (0, 0, 0)
        for round in 0..<70 {
            let engine = StoreEngine()
            for domain in UInt16(0)..<3 { _ = engine.domains.record(domain, generation: 0) }
            let clients = try (0..<3).map { try EngineClient(engine, UInt16($0)) }
            try clients[0].setPermissions("/", "b0")
            var model = contents(engine)
            var open: [Open] = []
            // Which share of requests only looks.
            let readings = random.pick([20, 50, 80])
            for _ in 0..<120 {
                let choice = random.below(100)
                if choice < 12, open.count < 4 {
                    let client = random.below(3)
                    open.append(Open(client: client, number: try clients[client].start(), begin: model))
                } else if choice < 22, !open.isEmpty {
                    let ending = open.remove(at: random.below(open.count))
                    let client = clients[ending.client]
                    // Whatever becomes of it, it saw one state and its own changes.
                    var alone = ending.begin
                    var isReadOnly = true
                    for (operation, answer) in ending.history {
                        let before = alone
                        defer { if changes(operation, answer) || alone != before { isReadOnly = false } }
                        #expect(alone.perform(ending.client, operation) == answer, "seed \(seed) round \(round): \(operation)")
                    }
                    if random.percent(10) {
                        try client.abort(ending.number)
                        continue
                    }
                    do throws(XenStoreError) {
                        try client.commit(ending.number)
                        committed += 1
                        if isReadOnly {
                            reading += 1
                            continue
                        }
                        var serial = model
                        for (operation, answer) in ending.history {
                            #expect(
                                serial.perform(ending.client, operation) == answer,
                                "seed \(seed) round \(round): \(operation) at the commit")
                        }
                        model = serial
                    } catch {
                        #expect(error == .tryAgain, "seed \(seed) round \(round)")
                        #expect(!isReadOnly, "seed \(seed) round \(round): a conflict of what only read")
                        conflicts += 1
                    }
                } else if choice < 70, !open.isEmpty {
                    let index = random.below(open.count)
                    let operation = operation(&random, open[index].client, reading: readings)
                    let answer = perform(clients[open[index].client], operation, open[index].number)
                    open[index].history.append((operation, answer))
                } else {
                    let client = random.below(3)
                    let operation = operation(&random, client, reading: 30)
                    let answer = perform(clients[client], operation, 0)
                    #expect(model.perform(client, operation) == answer, "seed \(seed) round \(round): \(operation)")
                }
            }
            #expect(contents(engine) == model, "seed \(seed) round \(round)")
            for (domain, record) in engine.domains.records {
                let owned = model.nodes.values.count { $0.owner == Int(domain) }
                #expect(record.nodes == owned, "seed \(seed) round \(round): nodes of domain \(domain)")
            }
        }
        print("serialisability: seed \(seed), \(committed) committed, \(conflicts) conflicts, \(reading) only read")
        // Neither of them alone would show anything.
        #expect(committed > 200 && conflicts > 50 && reading > 50)
    }

    /// Whether a request counts as a change, if only to what was there before.
    private func changes(_ operation: SerialModel.Operation, _ answer: String) -> Bool {
        switch operation {
        case .write, .setPermissions: answer == "OK"
        default: false
        }
    }
}
