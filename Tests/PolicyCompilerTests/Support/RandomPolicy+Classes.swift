import TestSupport

extension RandomPolicy {
    mutating func writeClasses() {
        let count = random.pick([2, 4, 4, 8, 8, 16, 33, 70])
        let known = ["process", "file", "dir", "lnk_file", "chr_file", "blk_file", "sock_file", "fifo_file", "socket"]
        var names: [String] = random.percent(85) ? ["process"] : []
        names += random.some(known.filter { $0 != "process" }, 0, 8)
        while names.count < count { names.append(name("class", names.count)) }
        names.shuffle(using: &random)
        for name in names {
            usedNames.insert(name)
            emit("class \(name)")
        }
        let wellKnown = ["kernel", "security", "unlabeled", "xen", "dom0", "domxen", "file", "port", "netif", "node"]
        for index in 0..<random.pick([1, 2, 5, 12, 30]) {
            initialSIDs.append(index < wellKnown.count ? wellKnown[index] : "sid\(index)")
        }
        for sid in initialSIDs { emit("sid \(sid)") }
        writeVectors(names)
    }

    private mutating func writeVectors(_ names: [String]) {
        var commons: [ClassSymbol] = []
        let shared = ["read", "write", "use", "create", "getattr", "send", "ioctl", "nlmsg"]
        if !form.isXen || random.percent(2) {
            for index in 0..<random.pick([0, 0, 1, 2, 5]) {
                var permissions = random.some(shared, 1, 6)
                for _ in 0..<random.below(8) { permissions.append("com\(index)_\(permissions.count)") }
                commons.append(ClassSymbol(name: random.percent(10) ? "file" : "common\(index)x", permissions: permissions))
                if commons.dropLast().contains(where: { $0.name == commons[index].name }) {
                    commons[index] = ClassSymbol(name: "common\(index)y", permissions: permissions)
                }
                emit("common \(commons[index].name) { \(permissions.joined(separator: " ")) }")
            }
        }
        var order = names
        if random.percent(20) { order.shuffle(using: &random) }
        for name in order {
            var inherited: [String] = []
            var header = "class \(name)"
            if !commons.isEmpty, random.percent(50) {
                let common = random.pick(commons)
                inherited = common.permissions
                header += " inherits \(common.name)"
                if random.percent(30) {
                    classes.append(ClassSymbol(name: name, permissions: inherited))
                    emit(header)
                    continue
                }
            }
            var own = random.some(shared.filter { !inherited.contains($0) }, 1, 7)
            if own.isEmpty { own = ["own"] }
            if name == "process" { own.append(contentsOf: ["transition", "dyntransition"].filter { !inherited.contains($0) }) }
            own.append(reservedPermission)
            let room = 32 - inherited.count - own.count
            let more = random.pick([0, 2, 5, room, random.below(max(1, room))])
            for number in 0..<max(0, min(more, room)) { own.append("p\(number)_\(random.below(50))") }
            var seen: Set<String> = []
            own = own.filter { seen.insert($0).inserted }
            if random.percent(30) { own.shuffle(using: &random) }
            if isCareless() { own.append(random.pick(own)) }
            emit("\(header) { \(own.joined(separator: " ")) }")
            classes.append(ClassSymbol(name: name, permissions: inherited + own))
        }
    }

    mutating func writeDefaults() {
        guard random.percent(40) else { return }
        var done: Set<String> = []
        for _ in 0..<(1 + random.below(6)) {
            let kind = random.pick(["user", "role", "type", "range"])
            let chosen = random.some(classes.map(\.name), 1, 3).filter { done.insert(kind + $0).inserted || isCareless() }
            guard !chosen.isEmpty else { continue }
            var value = random.pick(["source", "target"])
            if kind == "range" { value += " " + random.pick(["low", "high", "low-high"]) }
            if kind == "range", random.percent(20) { value = "glblub" }
            emit("default_\(kind) \(braced(chosen)) \(value);")
        }
    }

    // MARK: Sets of classes and of permissions

    /// Classes, and permissions that all of them have.
    mutating func classesAndPermissions(_ permissions: Permissions = .any) -> (classes: String, permissions: String) {
        var chosen = random.some(classes, 1, random.pick([1, 1, 2, 4]))
        func common() -> [String] {
            chosen.dropFirst().reduce(chosen[0].permissions) { list, other in
                list.filter { other.permissions.contains($0) }
            }
        }
        if common().filter({ $0 != reservedPermission }).isEmpty { chosen = [chosen[0]] }
        if chosen[0].permissions.filter({ $0 != reservedPermission }).isEmpty {
            chosen = [classes[0]]
        }
        var available = common()
        let names = braced(chosen.map(\.name))
        switch permissions {
        case .reserved:
            return (names, available.contains(reservedPermission) ? reservedPermission : random.pick(available))
        case .extended(let name): return (names, name)
        case .any: break
        }
        if neverallow == .held { available.removeAll { $0 == reservedPermission } }
        if available.isEmpty { available = chosen[0].permissions }
        let some = random.some(available, 1, random.pick([1, 2, 5, 32]))
        if neverallow != .held {
            if random.percent(6) { return (names, "*") }
            // Of several classes, one left without permissions is where checkpolicy since 3.6 reads freed memory.
            if random.percent(5), chosen.count == 1 {
                return (names, "~" + (random.percent(50) ? random.pick(available) : "{ \(some.joined(separator: " ")) }"))
            }
        }
        if isCareless() { return (names, random.pick(["nothing", "*", "{ * }", "{ read -write }"])) }
        return (names, braced(some))
    }

    enum Permissions {
        case any
        /// The one that no allow rule gives while neverallow rules are to hold.
        case reserved
        case extended(String)
    }

    /// Classes that have a permission.
    mutating func classSet(having permission: String) -> String? {
        let able = classes.filter { $0.permissions.contains(permission) }.map(\.name)
        return able.isEmpty ? nil : braced(random.some(able, 1, 3))
    }
}
