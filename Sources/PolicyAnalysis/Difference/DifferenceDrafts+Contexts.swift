import Flask
import PolicyCompiler

extension DifferenceDrafts {
    /// `names` gives those of the initial SIDs in both policies, and `release` the release of Xen as which the devices of both
    /// are searched.
    mutating func compareContexts(
        _ names: () -> (first: [Name], second: [Name]), _ release: () -> XenRelease
    ) throws(QuestionMistake) {
        try compareInitialContexts(names)
        try compareDevices(release)
        try compareNetwork()
        try compareFiles()
    }

    private mutating func compareInitialContexts(_ names: () -> (first: [Name], second: [Name])) throws(QuestionMistake) {
        let (first, second, pair) = (first, second, pair)
        let left = pair.first.initialContexts.sorted { $0.sid < $1.sid }
        let right = pair.second.initialContexts.sorted { $0.sid < $1.sid }
        let before = left.map { Fact(key: $0.sid, value: $0.context) }
        let after = right.map { Fact(key: $0.sid, value: pair.joint($0.context)) }
        guard before != after else { return }
        let names = names()
        try compare(.initialSID, before, after, name: { AnalysedPolicy.name($0, names.second) }) { isFirst, place in
            let entry = isFirst ? left[place] : right[place]
            let name = AnalysedPolicy.name(entry.sid, isFirst ? names.first : names.second).description
            return Statement((isFirst ? first : second).text(entry, named: name), .init(.initialSID(entry)))
        }
    }

    // MARK: Devices

    private mutating func compareDevices(_ release: () -> XenRelease) throws(QuestionMistake) {
        let (first, second, pair) = (first, second, pair)
        var (left, right) = (pair.first.deviceContexts, pair.second.deviceContexts)
        guard left != right || pair.first.deviceContextsMayDiffer(from: pair.second) else { return }
        // Statements are told, and found in the source, as they are written: of interrupts Xen cuts the numbers.
        let interrupts = (left.interrupts, right.interrupts)
        var interruptBits = UInt32.max
        if pair.isForXen {
            let release = release()
            (left, right) = (left.loaded(by: release), right.loaded(by: release))
            interruptBits = 0xffff
        }
        try compareRanges(
            .interrupt, interrupts.0, interrupts.1,
            range: { [interruptBits] in (UInt64($0.number & interruptBits), UInt64($0.number & interruptBits)) },
            context: \.context
        ) { (isFirst, entry, low, high) in
            Statement((isFirst ? first : second).text(entry), .init(.interrupt(entry)))
        }
        try compareRanges(
            .ioPorts, left.ioPorts, right.ioPorts, range: { (UInt64($0.low), UInt64($0.high)) }, context: \.context
        ) { (isFirst, entry, low, high) in
            var part = entry
            (part.low, part.high) = (UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: high))
            return Statement((isFirst ? first : second).text(part), .init(.ioPorts(entry)))
        }
        try compareRanges(.ioMemory, left.ioMemory, right.ioMemory, range: { ($0.low, $0.high) }, context: \.context) {
            (isFirst, entry, low, high) in
            var part = entry
            (part.low, part.high) = (low, high)
            return Statement((isFirst ? first : second).text(part), .init(.ioMemory(entry)))
        }
        try compareRanges(
            .pciDevice, left.pciDevices, right.pciDevices, range: { (UInt64($0.address), UInt64($0.address)) }, context: \.context
        ) { (isFirst, entry, low, high) in
            Statement((isFirst ? first : second).text(entry), .init(.pciDevice(entry)))
        }
        let nodes = (left.deviceTreeNodes, right.deviceTreeNodes)
        let before = nodes.0.map { Fact(key: $0.path, value: $0.context) }
        let after = nodes.1.map { Fact(key: $0.path, value: pair.joint($0.context)) }
        try compare(.deviceTreeNode, before, after, name: { $0 }) { isFirst, place in
            let entry = (isFirst ? nodes.0 : nodes.1)[place]
            return Statement((isFirst ? first : second).text(entry), .init(.deviceTreeNode(entry)))
        }
    }

    /// Compares by what is covered. Entries are in the order in which they are searched: of several that hold a number the first
    /// counts, as in Xen (xen/xsm/flask/ss/services.c: `security_iomem_sid` and others). `statement` writes an entry
    /// for a part of its range.
    private mutating func compareRanges<Entry>(
        _ group: DifferenceGroup, _ left: [Entry], _ right: [Entry], prefix: String = "", range: (Entry) -> (low: UInt64, high: UInt64),
        context: (Entry) -> SecurityContext, statement: (Bool, Entry, UInt64, UInt64) throws(QuestionMistake) -> Statement
    ) throws(QuestionMistake) {
        let parts = SearchedRanges.joined(SearchedRanges(left.map(range)), SearchedRanges(right.map(range)))
        var open: (low: UInt64, high: UInt64, first: Int?, second: Int?)?
        func contexts(_ part: (low: UInt64, high: UInt64, first: Int?, second: Int?)) -> (SecurityContext?, SecurityContext?) {
            (part.first.map { context(left[$0]) }, part.second.map { pair.joint(context(right[$0])) })
        }
        func flush() throws(QuestionMistake) {
            guard let part = open else { return }
            open = nil
            let (low, high) = (String(part.low, radix: 16), String(part.high, radix: 16))
            let isNumber = group == .interrupt || group == .port
            let name =
                isNumber
                ? (part.low == part.high ? "\(part.low)" : "\(part.low)-\(part.high)")
                : (low == high ? "0x\(low)" : "0x\(low)-0x\(high)")
            var before: [Statement] = []
            var after: [Statement] = []
            if let place = part.first { before.append(try statement(true, left[place], part.low, part.high)) }
            if let place = part.second { after.append(try statement(false, right[place], part.low, part.high)) }
            try add(
                DifferenceDrafts.Entry(
                    group: group, change: before.isEmpty ? .added : after.isEmpty ? .removed : .changed,
                    name: Name(prefix + name), before: before,
                    after: after))
        }
        for part in parts {
            let found = contexts(part)
            if let before = open, before.high &+ 1 == part.low, contexts(before) == found, group != .interrupt,
                group != .pciDevice
            {
                open?.high = part.high
                continue
            }
            try flush()
            if found.0 != found.1 { open = part }
        }
        try flush()
    }

    // MARK: Files and the network

    private mutating func compareNetwork() throws(QuestionMistake) {
        let (left, right, first, second, pair) = (pair.first.networkContexts, pair.second.networkContexts, first, second, pair)
        let ports = (Dictionary(grouping: left.ports, by: \.transport), Dictionary(grouping: right.ports, by: \.transport))
        for transport in Set(ports.0.keys).union(ports.1.keys).sorted() {
            let name = ["6": "tcp", "17": "udp", "33": "dccp", "132": "sctp"]["\(transport)"] ?? "\(transport)"
            try compareRanges(
                .port, ports.0[transport] ?? [], ports.1[transport] ?? [], prefix: name + " ",
                range: { (UInt64($0.low), UInt64($0.high)) },
                context: \.context
            ) { (isFirst, entry, low, high) in
                let numbers = low == high ? "\(low)" : "\(low)-\(high)"
                return Statement("portcon \(name) \(numbers) \((isFirst ? first : second).context(entry.context))")
            }
        }
        let keys = (
            Dictionary(grouping: left.partitionKeys, by: \.subnetPrefix),
            Dictionary(grouping: right.partitionKeys, by: \.subnetPrefix)
        )
        for subnet in Set(keys.0.keys).union(keys.1.keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            try compareRanges(
                .partitionKey, keys.0[subnet] ?? [], keys.1[subnet] ?? [], range: { (UInt64($0.low), UInt64($0.high)) },
                context: \.context
            ) { (isFirst, entry, low, high) in
                var part = entry
                (part.low, part.high) = (UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: high))
                return Statement((isFirst ? first : second).text(part))
            }
        }
        func named(
            _ entries: [NetworkContexts.Named], _ joint: (SecurityContext) -> SecurityContext
        ) -> [Fact<Name, [SecurityContext]>] {
            entries.map { Fact(key: $0.name, value: [joint($0.first), joint($0.second)]) }
        }
        try compare(.interface, named(left.interfaces) { $0 }, named(right.interfaces, pair.joint), name: { $0 }) {
            isFirst, place in
            Statement((isFirst ? first : second).text(interface: (isFirst ? left : right).interfaces[place]))
        }
        try compare(.filesystem, named(left.filesystems) { $0 }, named(right.filesystems, pair.joint), name: { $0 }) {
            isFirst, place in
            let (entry, writer) = ((isFirst ? left : right).filesystems[place], isFirst ? first : second)
            return Statement("fscon \(entry.name) \(writer.context(entry.first)) \(writer.context(entry.second))")
        }
        func nodes(
            _ entries: [NetworkContexts.Node], _ joint: (SecurityContext) -> SecurityContext
        ) -> [Fact<[[UInt8]], SecurityContext>] {
            entries.map { Fact(key: [$0.address, $0.mask], value: joint($0.context)) }
        }
        let (before, after) = (left.nodes + left.nodes6, right.nodes + right.nodes6)
        try compare(
            .node, nodes(before) { $0 }, nodes(after, pair.joint),
            name: { Name($0.joined(separator: [47]).map { "\($0)" }.joined(separator: ".")) }
        ) { isFirst, place in
            Statement((isFirst ? first : second).text((isFirst ? before : after)[place]))
        }
        struct EndPortKey: Hashable {
            let device: Name
            let port: UInt32
        }
        func endPorts(
            _ entries: [NetworkContexts.EndPort], _ joint: (SecurityContext) -> SecurityContext
        ) -> [Fact<EndPortKey, SecurityContext>] {
            entries.map { Fact(key: EndPortKey(device: $0.device, port: $0.port), value: joint($0.context)) }
        }
        try compare(.endPort, endPorts(left.endPorts) { $0 }, endPorts(right.endPorts, pair.joint), name: { $0.device }) {
            isFirst, place in
            Statement((isFirst ? first : second).text((isFirst ? left : right).endPorts[place]))
        }
    }

    private mutating func compareFiles() throws(QuestionMistake) {
        let (left, right, first, second, pair) = (pair.first.networkContexts, pair.second.networkContexts, first, second, pair)
        struct Use: Equatable {
            let behaviour: UInt32
            let context: SecurityContext
        }
        let uses = (
            left.filesystemUses.map { Fact(key: $0.name, value: Use(behaviour: $0.behaviour, context: $0.context)) },
            right.filesystemUses.map { Fact(key: $0.name, value: Use(behaviour: $0.behaviour, context: pair.joint($0.context))) }
        )
        try compare(.filesystemUse, uses.0, uses.1, name: { $0 }) { isFirst, place in
            let (entry, writer) = ((isFirst ? left : right).filesystemUses[place], isFirst ? first : second)
            return Statement((try? writer.text(entry)) ?? "fs_use \(entry.name) \(writer.context(entry.context));")
        }
        struct Key: Hashable {
            let filesystem: Name
            let path: Name
            let objectClass: UInt32
        }
        func entries(_ policy: Policy) -> [(filesystem: Name, entry: GenfsContexts.Entry)] {
            policy.genfsContexts.flatMap { genfs in genfs.entries.map { (genfs.filesystem, $0) } }
        }
        let (before, after) = (entries(pair.first), entries(pair.second))
        let facts = (
            before.map {
                Fact(
                    key: Key(filesystem: $0.filesystem, path: $0.entry.path, objectClass: $0.entry.objectClass),
                    value: $0.entry.context)
            },
            after.map {
                Fact(
                    key: Key(
                        filesystem: $0.filesystem, path: $0.entry.path, objectClass: pair.classes.joint($0.entry.objectClass)),
                    value: pair.joint($0.entry.context))
            }
        )
        try compare(.genfsContext, facts.0, facts.1, name: { Name(bytes: $0.filesystem.bytes + [32] + $0.path.bytes) }) {
            isFirst, place in
            let (found, writer) = ((isFirst ? before : after)[place], isFirst ? first : second)
            return Statement(
                (try? writer.text(found.entry, on: found.filesystem))
                    ?? "genfscon \(found.filesystem) \"\(found.entry.path)\" \(writer.context(found.entry.context))")
        }
    }
}

extension Policy {
    /// Whether equal numbers of symbols may mean something else.
    fileprivate func deviceContextsMayDiffer(from other: Policy) -> Bool {
        types != other.types || roles != other.roles || users != other.users || sensitivities != other.sensitivities
            || categories != other.categories
    }
}
