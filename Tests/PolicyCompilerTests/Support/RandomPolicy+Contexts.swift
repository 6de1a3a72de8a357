import TestSupport

extension RandomPolicy {
    /// A context that its user, its role and its level allow.
    mutating func context() -> String {
        if isCareless() { return random.pick(["nobody:object_r:\(global.types[0])", "\(global.users[0]):norole:\(global.types[0])"]) }
        let user = random.pick(global.users)
        var role = "object_r"
        var type = random.pick(global.types)
        if random.percent(60), let own = rolesOfUser[user]?.first {
            role = random.pick(rolesOfUser[user] ?? [own])
            type = random.pick(typesOfRole[role] ?? [type])
        }
        guard form.isMLS else { return "\(user):\(role):\(type)\(isCareless() ? ":s0" : "")" }
        guard let outer = rangeOfUser[user] else { return "\(user):\(role):\(type)" }
        return "\(user):\(role):\(type):\(rangeText(range(inside: outer)))"
    }

    mutating func writeInitialContexts() {
        var sids = initialSIDs
        if random.percent(25) { sids.shuffle(using: &random) }
        let missing = random.percent(20) ? random.below(sids.count) : 0
        for sid in sids.dropLast(missing) { emit("sid \(sid) \(context())") }
        if isCareless() { emit("sid \(random.pick(initialSIDs + ["nosid"])) \(context())") }
    }

    /// Ranges of numbers that do not overlap, in random order.
    private mutating func ranges(_ count: Int, upTo limit: UInt64) -> [(low: UInt64, high: UInt64)] {
        var result: [(low: UInt64, high: UInt64)] = []
        var next: UInt64 = 0
        let step = max(2, min(limit, 1 << 62) / UInt64(count + 1))
        for _ in 0..<count {
            let low = next + random.next() % max(1, step / 2)
            let high = random.percent(50) ? low : low + random.next() % max(1, step / 2)
            guard high <= limit else { break }
            result.append((low, high))
            next = high + 1
        }
        if isCareless(), let first = result.first { result.append((first.low, first.high + 1)) }
        if random.percent(60) { result.shuffle(using: &random) }
        return result
    }

    private mutating func number(_ value: UInt64) -> String {
        switch random.below(8) {
        case 0...3: "0x" + String(value, radix: 16)
        case 4: "0" + String(value, radix: 8)
        default: String(value)
        }
    }

    private mutating func span(_ range: (low: UInt64, high: UInt64)) -> String {
        if range.low == range.high, random.percent(90) { return number(range.low) }
        return number(range.low) + random.pick(["-", " - "]) + number(range.high)
    }

    mutating func writeDeviceContexts() {
        guard random.percent(80) else { return }
        var lines: [String] = []
        for range in ranges(random.below(5), upTo: random.pick([100, 0xffff_ffff])) {
            lines.append("pirqcon \(number(range.low)) \(context())")
        }
        let pages: UInt64 = form.version >= 30 || isCareless() ? 0xfff_ffff_ffff : 0xffff_ffff
        for range in ranges(random.below(6), upTo: random.pick([0x100, pages, pages])) {
            lines.append("iomemcon \(span(range)) \(context())")
        }
        for range in ranges(random.below(6), upTo: random.pick([0x100, 0xffff, 0xffff_ffff])) {
            lines.append("ioportcon \(span(range)) \(context())")
        }
        for range in ranges(random.below(6), upTo: random.pick([0xffff, 0xffff_ffff])) {
            lines.append("pcidevicecon \(number(range.low)) \(context())")
        }
        if form.version >= 30 || random.percent(10) {
            for index in 0..<random.below(5) {
                let path = "/soc/node@\(String(random.below(4096), radix: 16))/x\(isCareless() ? 0 : index)"
                lines.append("devicetreecon \(random.percent(30) ? "\"\(path) y\"" : path) \(context())")
            }
        }
        if random.percent(50) { lines.shuffle(using: &random) }
        for line in lines { emit(line) }
    }

    mutating func writeNetworkContexts() {
        for (index, kind) in ["xattr", "task", "trans"].enumerated() {
            for number in 0..<random.below(4) {
                let name = kind == "xattr" ? random.pick(["ext\(number)", "9p\(number)", "fs-\(number)"]) : "fs\(index)\(number)"
                emit("fs_use_\(kind) \(name) \(context());")
            }
        }
        var paths: Set<String> = []
        for _ in 0..<random.pick([0, 2, 6, 15]) {
            let system = random.pick(["proc", "sysfs", "9pfs", "cgroup-2", "debugfs"])
            let path = random.pick(["/", "/net", "/net/x", "/kernel", "/a", "/b.c", "/\(random.below(99))"])
            let kind = random.pick(["", "", "", " --", " -d", " -b", " -c", " -l", " -p", " -s"])
            let needed = ["--": "file", "-d": "dir", "-b": "blk_file", "-c": "chr_file", "-l": "lnk_file", "-p": "fifo_file", "-s": "sock_file"]
            if let name = needed[kind.replacingFirstBlank], !classes.contains(where: { $0.name == name }), !isCareless() { continue }
            // The same path for all kinds of files and for one of them is a contradiction.
            guard paths.insert(system + path).inserted || isCareless() else { continue }
            emit("genfscon \(system) \(random.percent(20) ? "\"\(path) q\"" : path)\(kind) \(context())")
        }
        for range in ranges(random.below(6), upTo: 0xffff) {
            emit("portcon \(random.pick(["tcp", "udp", "dccp", "sctp", "TCP"])) \(span(range)) \(context())")
        }
        for index in 0..<random.below(4) {
            let pattern = form.isNew && form.isLatest && random.percent(30) ? random.pick(["eth\(index)*", "?lan\(index)", "e?h\(index)"]) : "eth\(index)"
            emit("netifcon \(pattern) \(context()) \(context())")
        }
        for _ in 0..<random.below(6) { writeNode() }
    }

    private mutating func writeNode() {
        let third = random.below(250)
        if random.percent(50) {
            if form.isNew, random.percent(40) {
                emit("nodecon 10.\(random.below(250)).\(third).0/\(random.pick([8, 16, 24, 32, 0, 30])) \(context())")
            } else {
                let mask = random.pick(["255.255.255.0", "255.255.255.255", "255.0.0.0", "0.0.0.0", "255.0.255.0"])
                emit("nodecon 10.\(random.below(250)).\(third).0 \(mask) \(context())")
            }
        } else {
            let address = random.pick(["fe80::", "::1", "2001:db8::\(third)", "::ffff:10.0.0.\(third)", "::", "1:2:3:4:5:6:7:\(third)"])
            if form.isNew, random.percent(40) {
                emit("nodecon \(address)/\(random.pick([0, 10, 64, 128, 33])) \(context())")
            } else {
                emit("nodecon \(address) \(random.pick(["ffff::", "ffff:ffff:ffff:ffff::", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"])) \(context())")
            }
        }
    }

    mutating func writeInfinibandContexts() {
        for range in ranges(random.below(3), upTo: 0xffff) {
            emit("ibpkeycon \(random.pick(["fe80::", "::", form.isNew ? "2001:db8::" : "fec0::\(random.below(3))"])) \(span(range)) \(context())")
        }
        for range in ranges(random.below(3), upTo: 255) {
            emit("ibendportcon \(random.pick(["mlx4_0", "mlx5"])) \(number(range.low)) \(context())")
        }
    }
}

extension String {
    fileprivate var replacingFirstBlank: String { hasPrefix(" ") ? String(dropFirst()) : self }
}
