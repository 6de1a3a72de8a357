import CSandbox
import Files
import Glibc

// SAFETY: strings are passed to calls that copy them before they return, and buffers with the size that they have; what a call says
// that it has written is never more than that.

extension ProcessFacts {
    /// Looks at a process and all its tasks. What cannot be seen is missing, and no restriction that is missing passes for one.
    public init(ofProcess number: Int32) {
        self.init()
        let folder = "/proc/\(number)"
        for entry in Files.entries(of: folder + "/task") ?? [] {
            guard let task = Int32(entry), let text = Files.text(of: folder + "/task/\(entry)/status"),
                let facts = TaskFacts(number: task, status: text)
            else { continue }
            tasks.append(facts)
        }
        tasks.sort { $0.number < $1.number }
        for name in ["mnt", "cgroup", "uts", "ipc", "user", "pid", "net"] {
            namespaces[name] = Self.link(folder + "/ns/" + name)
            hostNamespaces[name] = Self.link("/proc/self/ns/" + name)
        }
        for name in Files.entries(of: folder + "/fd") ?? [] {
            if let descriptor = Int32(name), let link = Self.link(folder + "/fd/" + name) { descriptors[descriptor] = link }
        }
        read(limits: Files.text(of: folder + "/limits") ?? "")
        read(mounts: Files.text(of: folder + "/mountinfo") ?? "")
        read(groups: Files.text(of: folder + "/cgroup") ?? "")
        read(environment: (try? Files.contents(of: folder + "/environ")) ?? [])
        outOfMemoryScore = Files.text(of: folder + "/oom_score_adj").flatMap { Int32($0.prefix { $0 != "\n" }) }
        read(status: Files.text(of: folder + "/stat") ?? "", of: number)
        label = Files.text(of: folder + "/attr/current").map { String($0.prefix { $0 != "\0" && $0 != "\n" }) }
        for task in tasks { filters[task.number] = Self.filters(of: task.number, in: number) }
        // A thread may have ended meanwhile.
        tasks.removeAll { filters[$0.number] == nil && !Files.exists(folder + "/task/\($0.number)") }
        if let text = Files.text(of: folder + "/net/dev") { interfaces = Self.interfaces(text) }
        if let user = tasks.first?.users.first {
            othersOfUser = Reaper.processes(of: user).alive.filter { Self.link("/proc/\($0)/ns/pid") != namespaces["pid"] }
        }
        // The files of one that is not belong to root.
        if let user = tasks.first?.users.first, let owner = Self.owner(of: folder + "/environ") { isDumpable = owner == user }
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink(path, &buffer, buffer.count)
        return count >= 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    private static func owner(of path: String) -> UInt32? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_uid : nil
    }

    private static func filters(of thread: Int32, in process: Int32) -> [[FilterInstruction]]? {
        let stopped = sandbox_stop_thread(process, thread)
        guard stopped >= 0 else { return nil }
        defer { if Int(stopped) == SANDBOX_THREAD_STOPPED { sandbox_resume_thread(thread) } }
        var filters: [[FilterInstruction]] = []
        var room = [sock_filter](repeating: sock_filter(), count: 4_096)
        while filters.count < 64 {
            let count = unsafe sandbox_filter_of_thread(thread, UInt32(filters.count), &room)
            if count == -ENOENT { return filters.reversed() }
            guard count >= 0 else { return nil }
            filters.append(
                room[..<min(Int(count), room.count)].map {
                    FilterInstruction(code: $0.code, ifTrue: $0.jt, ifFalse: $0.jf, operand: $0.k)
                })
        }
        return filters
    }

    // MARK: Texts of the kernel's

    /// The names before the colons; the first two lines are a heading.
    static func interfaces(_ text: String) -> Set<String> {
        Set(text.split(separator: "\n").compactMap { line in
            line.firstIndex(of: ":").map { String(line[..<$0].drop { $0 == " " }) }
        })
    }

    mutating func read(limits text: String) {
        for line in text.split(separator: "\n") {
            for resource in ResourceLimit.Resource.allCases where line.hasPrefix(resource.kernelName + " ") {
                limits[resource.kernelName] = line.dropFirst(resource.kernelName.count).split(separator: " ").prefix(2).map(String.init)
            }
        }
    }

    /// Where something is mounted, and what the mount allows.
    mutating func read(mounts text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5 else { continue }
            mounts[String(words[4])] = Set(words[5].split(separator: ",").map(String.init))
        }
    }

    /// The session's and the terminal's numbers: behind the name, which is in brackets and may hold any, the fourth and fifth words.
    mutating func read(status text: String, of number: Int32) {
        guard let bracket = text.lastIndex(of: ")") else { return }
        let words = text[text.index(after: bracket)...].split(separator: " ")
        guard words.count > 4, let session = Int32(words[3]) else { return }
        leadsSession = session == number
        terminal = Int32(words[4])
    }

    mutating func read(groups text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3 { controlGroups[String(parts[1])] = String(parts[2]) }
        }
    }

    mutating func read(environment bytes: [UInt8]) {
        for part in bytes.split(separator: 0) {
            let words = String(decoding: part, as: UTF8.self).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2 { environment[String(words[0])] = String(words[1]) }
        }
    }
}
