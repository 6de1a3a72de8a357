extension StoreEngine {
    /// (Xen, tools/xenstore/xenstored_watch.c: `do_watch`.)
    func watch(_ request: StoreRequest) throws(XenStoreError) {
        let strings = request.message.strings()
        guard strings.count == 2 else { throw .invalidArgument }
        let connection = request.connection
        var (bytes, hidden) = (Array(strings[0]), 0)
        var path: StorePath?
        if bytes.first == UInt8(ascii: "@") {
            guard bytes.count <= StorePath.maximumRelativeSize else { throw .invalidArgument }
        } else {
            let checked = try request.path(strings[0])
            (path, bytes, hidden) = (checked, checked.bytes, checked.isRelative ? connection.home.count : 0)
        }
        let key = WatchKey(path: bytes, token: Array(strings[1]))
        guard connection.watches[key] == nil else { throw .exists }
        guard request.caller.isPrivileged || connection.record.watches < quotas.watches else { throw .tooBig }
        let watch = Watch(connection, bytes, key.token, hiddenPrefix: hidden)
        guard request.caller.isPrivileged || connection.record.memory + watch.bytes <= quotas.memory else {
            throw .outOfMemory
        }
        connection.watches[key] = watch
        connection.record.watches += 1
        connection.record.watchBytes += watch.bytes
        if let path { watches.add(watch, at: path) } else { specialWatches[bytes, default: []].append(watch) }
        acknowledge(request)
        // So that a client need not ask for the state in which it begins. That it may not know it does not matter: nothing is
        // told but that it watches.
        send(watch, bytes)
    }

    func unwatch(_ request: StoreRequest) throws(XenStoreError) {
        let strings = request.message.strings()
        guard strings.count == 2 else { throw .invalidArgument }
        let isSpecial = strings[0].first == UInt8(ascii: "@")
        let bytes = isSpecial ? Array(strings[0]) : try request.path(strings[0]).bytes
        guard let watch = request.connection.watches.removeValue(forKey: WatchKey(path: bytes, token: Array(strings[1])))
        else { throw .notFound }
        forget(watch)
        acknowledge(request)
    }

    /// Takes a watch away from where changes would meet it, and from its domain's account.
    func forget(_ watch: Watch) {
        watch.connection.record.watches -= 1
        watch.connection.record.watchBytes -= watch.bytes
        guard watch.path.first == UInt8(ascii: "@") else { return watches.remove(watch, at: StorePath(checked: watch.path)) }
        specialWatches[watch.path]?.removeAll { $0 === watch }
        if specialWatches[watch.path]?.isEmpty == true { specialWatches[watch.path] = nil }
    }

    /// Sends an event, if its client has room for it.
    private func send(_ watch: Watch, _ path: some Sequence<UInt8>) {
        let connection = watch.connection
        guard !connection.isClosed else { return }
        var payload = Array(path)
        let isSpecial = payload.first == UInt8(ascii: "@")
        if watch.hiddenPrefix > 0 { payload.removeFirst(min(watch.hiddenPrefix, payload.count)) }
        payload.append(0)
        payload += watch.token
        payload.append(0)
        guard payload.count <= MessageHeader.maximumLength else { return }
        let size = connection.output.count + MessageHeader.size + payload.count
        if connection.caller.isPrivileged {
            // Its events are not to be lost, so one that never reads has to begin anew.
            if size > quotas.unsentOfControlDomain { return close(connection) }
        } else if size + connection.record.memory > quotas.memory {
            return
        }
        connection.output.append(event: payload, isSpecial: isSpecial)
        wait(connection)
    }

    /// Sends a special event to those who may know of it.
    func notify(_ event: SpecialEvent) {
        let allowed = specialPermissions[event] ?? .initial
        for watch in specialWatches[event.bytes] ?? [] {
            let access = watch.connection.caller.access(by: allowed.permissions, of: allowed.generation)
            if access.contains(.read) { send(watch, event.bytes) }
        }
    }

    /// Whether a client may know of a change: it may read the node as it was or is, or the one above it (Xen,
    /// tools/xenstore/xenstored_watch.c: `watch_permitted`).
    private func mayKnow(_ caller: Caller, _ old: StoreNode?, _ new: StoreNode?, _ parent: StoreNode) -> Bool {
        if caller.isPrivileged { return true }
        if let old, caller.access(to: old).contains(.read) { return true }
        if let new, caller.access(to: new).contains(.read) { return true }
        return caller.access(to: parent).contains(.read)
    }

    /// Tells about a change: those who watch the node or one above it, and when it was removed, those who watch one below it
    /// that went with it, each by its own path.
    func notify(_ change: TreeChange) {
        var told: Set<ToldEvent>?
        notify(change, &told)
    }

    /// Tells about the changes of a transaction; nobody is told twice of one path.
    func notify(_ changes: [TreeChange]) {
        var told: Set<ToldEvent>? = changes.count > 1 ? [] : nil
        for change in changes { notify(change, &told) }
    }

    private func notify(_ change: TreeChange, _ told: inout Set<ToldEvent>?) {
        func tell(_ watch: Watch, _ path: [UInt8]) {
            if told?.insert(ToldEvent(watch: ObjectIdentifier(watch), path: path)).inserted != false { send(watch, path) }
        }
        if change.new == nil, let removed = change.old {
            watches.find(change.path)?.forEach(below: removed, at: change.path.bytes) { watch, node, parent, path in
                if mayKnow(watch.connection.caller, node, nil, parent) { tell(watch, path) }
            }
        }
        watches.forEach(along: change.path) { watch in
            if mayKnow(watch.connection.caller, change.old, change.new, change.parent) { tell(watch, change.path.bytes) }
        }
    }
}

/// An event that a watch was told already.
private struct ToldEvent: Hashable {
    let watch: ObjectIdentifier
    let path: [UInt8]
}
