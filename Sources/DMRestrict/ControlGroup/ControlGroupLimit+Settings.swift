extension ControlGroupLimit {
    /// A file of a group's folder.
    struct Setting: Hashable, Sendable {
        let file: String
        /// What is written to it.
        let text: String
        /// What it says then; nil where it says nothing of it.
        let reading: String?
        /// Not every kernel has it.
        let isOptional: Bool

        init(_ file: String, _ text: String, isOptional: Bool = false) {
            (self.file, self.text, reading, self.isOptional) = (file, text, text, isOptional)
        }

        init(write text: String, to file: String) {
            (self.file, self.text, reading, isOptional) = (file, text, nil, false)
        }
    }

    /// The time of which a processor's share is a part, in microseconds.
    private static let period = 100_000

    /// By which files the group is limited, in the order in which they are written (Linux, Documentation/admin-guide/cgroup-v1 and
    /// cgroup-v2.rst).
    var settings: [Setting] {
        switch (amount, place.version) {
        // Of memory and swap together there cannot be less than of memory.
        case (.memory(let bytes), .one):
            [Setting("memory.limit_in_bytes", "\(bytes)"), Setting("memory.memsw.limit_in_bytes", "\(bytes)", isOptional: true)]
        case (.memory(let bytes), .two): [Setting("memory.max", "\(bytes)"), Setting("memory.swap.max", "0", isOptional: true)]
        case (.processor(let share), .one):
            [Setting("cpu.cfs_period_us", "\(Self.period)"), Setting("cpu.cfs_quota_us", "\(Int(share) * Self.period / 1_000)")]
        case (.processor(let share), .two): [Setting("cpu.max", "\(Int(share) * Self.period / 1_000) \(Self.period)")]
        case (.processes(let count), _): [Setting("pids.max", "\(count)")]
        case (.devices(let rules), .one):
            [Setting(write: "a", to: "devices.deny")] + rules.map { Setting(write: $0.text, to: "devices.allow") }
        // By a program.
        case (.devices, .two): []
        }
    }

    /// The file that says which devices may be opened, a line for each.
    static let deviceList = "devices.list"
}
