/// Who stands behind connections, as long as there are some.
struct OwnerTable: Sendable {
    private var counts: [ObjectIdentifier: Int] = [:]
    /// Those of processes, and which process each is.
    private var processes: [RunningProcess: ClientOwner] = [:]

    /// The owner of what a process does, counted in; one of its own where it is not known who that is.
    mutating func owner(for process: RunningProcess?) -> ClientOwner {
        let known = process.flatMap { processes[$0] }
        let owner = known ?? ClientOwner(name: process.map { "process \($0.number)" } ?? "a process", opensDoors: true)
        if let process { processes[process] = owner }
        countIn(owner)
        return owner
    }

    mutating func countIn(_ owner: ClientOwner) { counts[ObjectIdentifier(owner), default: 0] += 1 }

    /// Whether this was the last.
    mutating func countOut(_ owner: ClientOwner) -> Bool {
        let left = (counts[ObjectIdentifier(owner)] ?? 1) - 1
        counts[ObjectIdentifier(owner)] = left > 0 ? left : nil
        guard left <= 0 else { return false }
        for process in processes.filter({ $0.value === owner }).keys { processes[process] = nil }
        return true
    }
}
