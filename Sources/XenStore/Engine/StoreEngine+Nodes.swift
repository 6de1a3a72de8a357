extension StoreEngine {
    /// Looks up a path for a request that needs some access to its node. Throws ``XenStoreError/accessDenied``; also where
    /// nothing is, when the caller has none of that access to what stands above (Xen,
    /// tools/xenstore/xenstored_core.c: `get_node`, `errno_from_parents`).
    private func locate(
        _ path: StorePath, _ needed: NodeAccess, _ aspects: ReadAspects, _ request: StoreRequest
    ) throws(XenStoreError) -> Location {
        let place = Location(path, in: request.transaction?.root ?? root)
        let caller = request.caller
        if let transaction = request.transaction {
            transaction.record(path, place, aspects, by: caller)
            try checkMemory(transaction, request.connection)
        }
        if let node = place.node {
            guard caller.access(to: node).isSuperset(of: needed) else { throw .accessDenied }
        } else {
            guard !caller.access(to: place.parent).isDisjoint(with: needed) else { throw .accessDenied }
        }
        return place
    }

    /// The node at a path that a request wants to look at.
    private func node(_ path: StorePath, _ aspects: ReadAspects, _ request: StoreRequest) throws(XenStoreError) -> StoreNode {
        guard let node = try locate(path, .read, aspects, request).node else { throw .notFound }
        return node
    }

    func read(_ request: StoreRequest) throws(XenStoreError) {
        reply(request, try node(request.onlyPath(), .value, request).value)
    }

    func directory(_ request: StoreRequest) throws(XenStoreError) {
        let children = try node(request.onlyPath(), .children, request).children
        guard children.nameBytes <= MessageHeader.maximumLength else { throw .tooBig }
        var names: [UInt8] = []
        names.reserveCapacity(children.nameBytes)
        _ = children.appendNames(from: 0, to: &names, limit: .max)
        reply(request, names)
    }

    /// A piece of a list of names: the number of the last change, names, and an empty one behind the last of all (Xen,
    /// tools/xenstore/xenstored_core.c: `send_directory_part`).
    func directoryPart(_ request: StoreRequest) throws(XenStoreError) {
        let strings = request.message.strings()
        guard strings.count == 2 else { throw .invalidArgument }
        let node = try node(request.path(strings[0]), .children, request)
        guard let offset = decimal(strings[1], maximum: Int(UInt32.max)) else { throw .invalidArgument }
        var bytes = Array(String(node.childrenGeneration).utf8) + [0]
        let isWhole = node.children.appendNames(from: offset, to: &bytes, limit: MessageHeader.maximumLength - 1)
        if isWhole { bytes.append(0) }
        reply(request, bytes)
    }

    func getPermissions(_ request: StoreRequest) throws(XenStoreError) {
        let node = try node(request.onlyPath(), .permissions, request)
        var bytes: [UInt8] = []
        node.permissions.keeping { domains.isCurrent($0, of: node.permissionsGeneration) }.append(to: &bytes)
        reply(request, bytes)
    }

    func write(_ request: StoreRequest) throws(XenStoreError) {
        let (name, value) = try request.message.firstString()
        try make(.write(request.path(name), Array(value)), request)
    }

    func makeDirectory(_ request: StoreRequest) throws(XenStoreError) {
        try make(.make(request.onlyPath()), request)
    }

    private func make(_ edit: TreeEdit, _ request: StoreRequest) throws(XenStoreError) {
        let place = try locate(edit.path, .write, .existence, request)
        if place.node == nil {
            request.transaction?.recordInheritance(edit.path, place)
            try checkNodes(request, missing: 1 + edit.path.bytes[place.end...].count { $0 == StorePath.slash })
        }
        try perform(edit, request)
        acknowledge(request)
    }

    func remove(_ request: StoreRequest) throws(XenStoreError) {
        let path = try request.onlyPath()
        let place = try locate(path, .write, .existence, request)
        guard !path.isRoot else { throw .invalidArgument }
        if place.node == nil {
            guard place.hasParent else { throw .notFound }
            request.transaction?.recordParent(path, place)
        } else {
            try perform(.remove(path), request)
        }
        acknowledge(request)
    }

    /// (Xen, tools/xenstore/xenstored_core.c: `do_set_perms`.)
    func setPermissions(_ request: StoreRequest) throws(XenStoreError) {
        let strings = request.message.strings()
        guard strings.count >= 2, let name = strings.first else { throw .invalidArgument }
        let caller = request.caller
        guard caller.isPrivileged || strings.count - 1 <= quotas.permissions else { throw .noSpace }
        let permissions = try NodePermissions(Array(strings[1...]))
        // They are known from now on, so that what is set now holds for them.
        for entry in permissions.entries { _ = domains.record(entry.domain, generation: generation) }
        if name.first == UInt8(ascii: "@") {
            try setSpecialPermissions(name, permissions, caller)
        } else {
            let path = try request.path(name)
            guard let node = try locate(path, [.write, .own], .permissions, request).node else { throw .notFound }
            guard caller.isPrivileged || permissions.owner == node.permissions.owner else { throw .notPermitted }
            try perform(.setPermissions(path, permissions), request)
        }
        acknowledge(request)
    }

    private func setSpecialPermissions(
        _ name: ArraySlice<UInt8>, _ permissions: NodePermissions, _ caller: Caller
    ) throws(XenStoreError) {
        guard let event = SpecialEvent(name) else { throw .invalidArgument }
        let old = specialPermissions[event] ?? .initial
        guard caller.access(by: old.permissions, of: old.generation).isSuperset(of: [.write, .own]) else { throw .accessDenied }
        generation += 1
        specialPermissions[event] = SpecialPermissions(permissions, of: generation)
    }

    /// Does an edit, in the request's transaction or at once.
    private func perform(_ edit: TreeEdit, _ request: StoreRequest) throws(XenStoreError) {
        let transaction = request.transaction
        var editor = TreeEditor(
            transaction?.root ?? root, generation: generation, caller: request.caller, quotas: quotas)
        guard let change = try editor.apply(edit) else { return }
        generation = editor.generation
        if let transaction {
            transaction.record(edit, change, editor)
            try checkMemory(transaction, request.connection)
        } else {
            root = editor.root
            count(editor.ownedNodes)
            notify(change)
        }
    }

    /// Adds to the numbers of nodes that domains own.
    func count(_ ownedNodes: [UInt16: Int]) {
        for (domain, number) in ownedNodes where number != 0 {
            domains.record(domain, generation: generation).nodes += number
        }
    }

    /// Throws ``XenStoreError/noSpace`` when the caller would own more nodes than it may.
    private func checkNodes(_ request: StoreRequest, missing: Int) throws(XenStoreError) {
        guard !request.caller.isPrivileged else { return }
        let record = request.connection.record
        let owned = record.nodes + (request.transaction?.ownedNodes[record.domain] ?? 0)
        guard owned + missing <= quotas.nodes else { throw .noSpace }
    }
}
