@testable import XenStore

/// Messages of several clients of several domains. Quotas are small, so that they are met. Afterwards everything that is counted
/// is counted again, and when all have gone nothing is left of them.
///
/// Each message is four bytes (which client, what, in which transaction, how long) and a payload.
func exercise(_ bytes: [UInt8]) {
    var input = ByteReader(bytes)
    var quotas = XenStoreQuotas()
    (quotas.nodes, quotas.watches, quotas.nodeSize, quotas.transactions, quotas.connections) = (12, 4, 256, 3, 3)
    (quotas.requestsInTransaction, quotas.memory, quotas.unsentOfControlDomain) = (8, 20_000, 65_536)
    let engine = StoreEngine(quotas: quotas)
    var clients = [UInt16(0), 0, 1, 1, 2, 3].map { engine.connect($0) }
    for _ in 0..<128 where !input.isAtEnd {
        let (whom, what, transaction) = (Int(input.byte()) % clients.count, UInt32(input.byte()), UInt32(input.byte() & 3))
        let payload = input.take(Int(input.byte()))
        guard let client = clients[whom], !client.isClosed else {
            // One that was dropped comes back.
            clients[whom].map(engine.disconnect)
            clients[whom] = engine.connect([0, 0, 1, 1, 2, 3][whom])
            continue
        }
        if what & 31 == 31 {
            engine.disconnect(client)
            clients[whom] = nil
            continue
        }
        let before = client.output.count
        var header = MessageHeader(.read, request: 7, transaction: transaction, length: UInt32(payload.count))
        header.type = what & 31
        engine.receive(Request(header: header, payload: payload[...]), from: client)
        claim("a request has no answer", client.output.count > before || client.isClosed)
        if what & 128 != 0 { check(engine, "after a request") }
    }
    check(engine, "at the end")
    checkSaved(engine)
    for client in clients { client.map(engine.disconnect) }
    for record in engine.domains.records.values {
        claim("domain \(record.domain) has watches", record.watches == 0 && record.watchBytes == 0)
        claim("domain \(record.domain) has transactions", record.transactions == 0 && record.transactionBytes == 0)
        claim("domain \(record.domain) has connections", record.connections.isEmpty)
    }
    claim("watches are left", engine.watches.children.isEmpty && engine.watches.watches.isEmpty && engine.specialWatches.isEmpty)
    for domain in engine.domains.records.keys.sorted() where domain != 0 { engine.release(domain) }
    check(engine, "without domains")
    engine.root.forEachBelow { claim("a node is owned by \($0.permissions.owner), who is gone", $0.permissions.owner == 0) }
}

/// Counts again what the engine counts.
private func check(_ engine: StoreEngine, _ when: String) {
    var owned: [UInt16: Int] = [:]
    checkTree(engine.root, engine, depth: 0, &owned)
    for (domain, record) in engine.domains.records {
        claim("\(when): domain \(domain) owns \(owned[domain] ?? 0) nodes, not \(record.nodes)", record.nodes == owned[domain] ?? 0)
        let watches = record.connections.flatMap { $0.watches.values }
        claim("\(when): watches of domain \(domain)", record.watches == watches.count)
        claim("\(when): bytes of watches", record.watchBytes == watches.reduce(0) { $0 + $1.bytes })
        let transactions = record.connections.flatMap { $0.transactions.values }
        claim("\(when): transactions of domain \(domain)", record.transactions == transactions.count)
        claim("\(when): bytes of transactions", record.transactionBytes == transactions.reduce(0) { $0 + $1.counted })
        guard domain != 0 else { continue }
        claim("\(when): more watches than are allowed", record.watches <= engine.quotas.watches)
        claim("\(when): more transactions than are allowed", record.transactions <= engine.quotas.transactions)
        claim("\(when): more connections than are allowed", record.connections.count <= engine.quotas.connections)
    }
    claim("\(when): nodes of nobody", owned.keys.allSatisfy { engine.domains[$0] != nil })
    var known = 0
    count(engine.watches, isRoot: true, &known)
    known += engine.specialWatches.values.reduce(0) { $0 + $1.count }
    claim("\(when): watches are lost", known == engine.domains.records.values.reduce(0) { $0 + $1.watches })
}

/// Names are in order and whole, sizes are what they are said to be.
private func checkTree(_ node: StoreNode, _ engine: StoreEngine, depth: Int, _ owned: inout [UInt16: Int]) {
    owned[node.permissions.owner, default: 0] += 1
    claim("a node is from the future", node.generation <= engine.generation)
    claim("a tree is too deep", depth <= SavedStore.maximumDepth)
    var (last, number, size): ([UInt8], Int, Int) = ([], 0, 0)
    node.children.forEach { child in
        claim("a name is none", !child.name.isEmpty && child.name.allSatisfy { StorePath.isNameByte($0) })
        claim("names are not in order", number == 0 || last.lexicographicallyPrecedes(child.name))
        claim("a child is not found", node.children.find(NameKey(child.name), child.name) === child)
        (last, number, size) = (child.name, number + 1, size + child.name.count + 1)
    }
    claim("children are miscounted", node.children.count == number && node.children.nameBytes == size)
    node.children.forEach { checkTree($0, engine, depth: depth + 1, &owned) }
}

private func count(_ node: WatchNode, isRoot: Bool, _ known: inout Int) {
    claim("an empty node of watches is left", isRoot || !node.watches.isEmpty || !node.children.isEmpty)
    known += node.watches.count
    for watch in node.watches { claim("a watch of one who is gone", watch.connection.watches.values.contains { $0 === watch }) }
    node.children.forEach { count($0, isRoot: false, &known) }
}

/// What is saved can be read, and says the same when it is saved again.
private func checkSaved(_ engine: StoreEngine) {
    let first = engine.saved().bytes()
    do throws(SavedStoreError) {
        let saved = try SavedStore(first)
        let other = StoreEngine(saved, quotas: engine.quotas)
        claim("saving again gives the same", other.saved().bytes() == first)
        check(other, "after reading")
    } catch {
        claim("what was saved cannot be read: \(error)", false)
    }
}
