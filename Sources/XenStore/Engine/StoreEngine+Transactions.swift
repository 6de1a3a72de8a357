extension StoreEngine {
    func startTransaction(_ request: StoreRequest) throws(XenStoreError) {
        guard request.transaction == nil else { throw .busy }
        let record = request.connection.record
        guard request.caller.isPrivileged || record.transactions < quotas.transactions else { throw .noSpace }
        let number = request.connection.nextTransaction()
        request.connection.transactions[number] = Transaction(number, base: root, generation: generation)
        record.transactions += 1
        reply(request, Array(String(number).utf8) + [0])
    }

    func endTransaction(_ request: StoreRequest) throws(XenStoreError) {
        let answer = try request.onlyString()
        let isCommit = answer.elementsEqual("T".utf8)
        guard isCommit || answer.elementsEqual("F".utf8) else { throw .invalidArgument }
        guard let transaction = request.transaction else { throw .notFound }
        request.connection.transactions[transaction.number] = nil
        end(transaction, of: request.connection)
        if isCommit {
            guard !transaction.hasFailed else { throw .outOfMemory }
            try commit(transaction, request.connection.record)
        }
        acknowledge(request)
    }

    /// Gives back what an open transaction takes of a domain's quotas.
    func end(_ transaction: Transaction, of connection: Connection) {
        connection.record.transactions -= 1
        connection.record.transactionBytes -= transaction.counted
    }

    /// Makes a transaction's edits those of the store. Throws ``XenStoreError/tryAgain``, or ``XenStoreError/noSpace``.
    private func commit(_ transaction: Transaction, _ record: DomainRecord) throws(XenStoreError) {
        guard !transaction.edits.isEmpty else { return }
        guard transaction.isCurrent(in: root) else { throw .tryAgain }
        var (changes, ownedNodes, result) = (transaction.changes, transaction.ownedNodes, transaction.root)
        if transaction.base !== root {
            var editor = TreeEditor(root, generation: generation, caller: record.caller, quotas: quotas)
            changes = []
            for edit in transaction.edits {
                if let change = try editor.apply(edit) { changes.append(change) }
            }
            (ownedNodes, result) = (editor.ownedNodes, editor.root)
            generation = editor.generation
        }
        let added = ownedNodes[record.domain] ?? 0
        guard record.caller.isPrivileged || added <= 0 || record.nodes + added <= quotas.nodes else { throw .noSpace }
        root = result
        count(ownedNodes)
        notify(changes)
    }

    /// Counts a request within a transaction. Throws ``XenStoreError/noSpace`` when there were too many.
    func count(_ transaction: Transaction, _ connection: Connection) throws(XenStoreError) {
        guard !connection.caller.isPrivileged else { return }
        guard transaction.requests < quotas.requestsInTransaction else {
            transaction.hasFailed = true
            throw .noSpace
        }
        transaction.requests += 1
    }

    /// Keeps account of what a domain's transactions take. Throws ``XenStoreError/outOfMemory`` when it is too much.
    func checkMemory(_ transaction: Transaction, _ connection: Connection) throws(XenStoreError) {
        let record = connection.record
        record.transactionBytes += transaction.takeUncounted()
        guard connection.caller.isPrivileged || record.memory + connection.output.count <= quotas.memory else {
            transaction.hasFailed = true
            throw .outOfMemory
        }
    }
}
