/// A tree of control groups that is mounted.
struct ControlGroupMount: Hashable, Sendable {
    let place: ControlGroupPlace
    let isWritable: Bool
    /// Those of version 1; a tree of version 2 says itself which it has.
    let controllers: Set<String>

    /// All of them, in what `/proc/PID/mountinfo` says (proc_pid_mountinfo(5)).
    static func mounts(in text: String) -> [ControlGroupMount] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            // Behind optional fields, and a dash, there are the type, the source, and what the file system was mounted with.
            guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count == dash + 4 else { return nil }
            let folder = String(words[4])
            // One with other characters than a name usually has is nobody's tree of control groups.
            guard folder.hasPrefix("/"), folder.count > 1, !folder.contains("\\") else { return nil }
            let options = Set(words[dash + 3].split(separator: ",").map(String.init))
            let isWritable = options.contains("rw") && words[5].split(separator: ",").contains("rw")
            switch words[dash + 1] {
            case "cgroup": return ControlGroupMount(place: .init(.one, folder), isWritable: isWritable, controllers: options)
            case "cgroup2": return ControlGroupMount(place: .init(.two, folder), isWritable: isWritable, controllers: [])
            default: return nil
            }
        }
    }
}
