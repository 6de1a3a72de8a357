extension StoreEngine {
    /// Makes a domain known, and tells about it. One that is known begins anew: its watches and transactions go.
    func introduce(_ domain: UInt16) {
        let record = domains.record(domain, generation: generation)
        if record.isIntroduced {
            for connection in record.connections where domain != 0 { reset(connection) }
            return
        }
        record.isIntroduced = true
        notify(.introduceDomain)
    }

    /// Forgets a domain: its connections are closed, the nodes that it owns go with all below them, and what permissions say
    /// of its number no longer holds. False when nobody knows it.
    @discardableResult
    func release(_ domain: UInt16) -> Bool {
        guard domain != 0, let record = domains[domain] else { return false }
        let wasIntroduced = record.isIntroduced
        for connection in record.connections {
            reset(connection)
            close(connection)
        }
        removeNodes(of: record)
        for (event, special) in specialPermissions where special.permissions.owner == domain {
            specialPermissions[event]?.permissions = special.permissions.owned(by: 0)
        }
        domains.remove(domain)
        // A number that no permissions have yet, so that older ones are not those of a domain that comes now.
        generation += 1
        if wasIntroduced { notify(.releaseDomain) }
        return wasIntroduced
    }

    /// Removes what a domain owns, first where most of it is: in its home.
    private func removeNodes(of record: DomainRecord) {
        var paths: [StorePath] = []
        var left = record.nodes
        func collect(_ node: StoreNode, _ path: [UInt8]) {
            guard left > 0 else { return }
            if node.permissions.owner == record.domain, path.count > 1 {
                paths.append(StorePath(checked: path))
                node.forEachBelow { if $0.permissions.owner == record.domain { left -= 1 } }
                return
            }
            node.children.forEach { collect($0, (path.count == 1 ? path : path + [StorePath.slash]) + $0.name) }
        }
        let home = StorePath(checked: StorePath.home(of: record.domain))
        if let node = root.find(home) { collect(node, home.bytes) }
        if left > 0 {
            (paths, left) = ([], record.nodes)
            collect(root, StorePath.root.bytes)
        }
        for path in paths {
            var editor = TreeEditor(root, generation: generation, caller: Caller(domain: 0, birth: 0), quotas: quotas)
            // The control domain is bound by no quota.
            guard let change = try? editor.apply(.remove(path)) else { continue }
            root = editor.root
            generation = editor.generation
            count(editor.ownedNodes)
            notify(change)
        }
    }

    /// Gives a domain the rights of another. Throws ``XenStoreError/notFound`` when one of them is not known.
    func setTarget(of domain: UInt16, to target: UInt16) throws(XenStoreError) {
        guard let record = domains[domain], record.isIntroduced, let other = domains[target], other.isIntroduced
        else { throw .notFound }
        record.target = other
    }

    // MARK: Requests (Xen, tools/xenstore/xenstored_domain.c)

    /// The number of a domain that can be introduced.
    private func number(_ text: ArraySlice<UInt8>) throws(XenStoreError) -> UInt16 {
        guard let number = decimal(text, maximum: DomainTable.firstReserved - 1) else { throw .invalidArgument }
        return UInt16(number)
    }

    /// A domain that is known and not the control domain.
    func introducedDomain(_ text: ArraySlice<UInt8>) throws(XenStoreError) -> UInt16 {
        let number = try number(text)
        guard number != 0 else { throw .invalidArgument }
        guard domains[number]?.isIntroduced == true else { throw .notFound }
        return number
    }

    func introduce(_ request: StoreRequest) throws(XenStoreError) {
        let strings = request.message.strings()
        guard strings.count >= 3 else { throw .invalidArgument }
        let number = try number(strings[0])
        // Where its ring lies does not matter here; the port must be one.
        guard number != 0, let port = decimal(strings[2], maximum: Int(Int32.max)), port > 0 else { throw .invalidArgument }
        introduce(number)
        acknowledge(request)
    }

    func release(_ request: StoreRequest) throws(XenStoreError) {
        release(try introducedDomain(request.onlyString()))
        acknowledge(request)
    }

    func setTarget(_ request: StoreRequest) throws(XenStoreError) {
        let strings = request.message.strings()
        guard strings.count >= 2 else { throw .invalidArgument }
        try setTarget(of: number(strings[0]), to: number(strings[1]))
        acknowledge(request)
    }

    func getDomainPath(_ request: StoreRequest) throws(XenStoreError) {
        guard let number = decimal(try request.onlyString(), maximum: Int(UInt16.max)) else { throw .invalidArgument }
        reply(request, StorePath.home(of: number) + [0])
    }

    func isDomainIntroduced(_ request: StoreRequest) throws(XenStoreError) {
        guard let number = decimal(try request.onlyString(), maximum: Int(UInt16.max)) else { throw .invalidArgument }
        let isIntroduced = number == DomainTable.itself || domains[UInt16(number)]?.isIntroduced == true
        reply(request, [UInt8(ascii: isIntroduced ? "T" : "F"), 0])
    }

    /// Commands for whoever looks after the daemon (Xen, docs/misc/xenstore.txt: `CONTROL`). There is no log to print to.
    func control(_ request: StoreRequest) throws(XenStoreError) {
        let strings = request.message.strings()
        guard let name = strings.first else { throw .invalidArgument }
        switch (String(decoding: name, as: UTF8.self), strings.count) {
        case ("check", 1), ("print", 2): acknowledge(request)
        case ("help", 1): reply(request, Array("\tcheck\t\n\tprint\t<string>\n\thelp\t\n\0".utf8))
        default: throw .invalidArgument
        }
    }
}
