import Files
import Glibc

extension HostAbilities {
    /// What this host can do for a request: what it does not ask for is not looked for.
    public static func ofThisHost(for request: LaunchRequest) -> HostAbilities {
        var abilities = ofThisHost()
        let amounts = request.groupLimits.amounts
        guard !amounts.isEmpty else { return abilities }
        let mounts = ControlGroupMount.mounts(in: Files.text(of: "/proc/self/mountinfo") ?? "")
        for amount in amounts { abilities.find(amount.controller, mounts) }
        return abilities
    }

    /// Finds where a controller's groups can be made, or says why they cannot.
    private mutating func find(_ controller: ControlGroupController, _ mounts: [ControlGroupMount]) {
        for mount in mounts {
            switch mount.place.version {
            case .one where mount.controllers.contains(controller.rawValue), .two where Self.has(controller, mount.place.tree):
                if let obstacle = Self.obstacle(controller, mount) {
                    controlGroupObstacles[controller] = obstacle
                } else if controlGroups[controller] == nil || mount.place.version == .one {
                    // What version 1 has, version 2 has not; but devices are in both.
                    controlGroups[controller] = mount.place
                }
            case .one, .two: break
            }
        }
    }

    /// Whether a tree of version 2 limits this at all.
    private static func has(_ controller: ControlGroupController, _ tree: String) -> Bool {
        controller == .devices || words(of: tree + "/cgroup.controllers").contains(controller.rawValue)
    }

    private static func obstacle(_ controller: ControlGroupController, _ mount: ControlGroupMount) -> String? {
        let tree = mount.place.tree
        if !mount.isWritable { return "`\(tree)` is mounted to be read only" }
        guard mount.place.version == .two else { return nil }
        if controller == .devices {
            let program = DeviceProgram([]).load()
            guard program >= 0 else { return "the kernel takes no program that decides of devices (bpf: \(FileError(path: "", number: -program).reason))" }
            close(program)
            return nil
        }
        // Only the root of all hands a controller down while processes are in it; it has no type.
        let isHandedDown = words(of: tree + "/cgroup.subtree_control").contains(controller.rawValue)
        return isHandedDown || !Files.exists(tree + "/cgroup.type") ? nil : "`\(tree)` does not hand `\(controller.rawValue)` down"
    }

    /// What a file of the kernel's says, word by word; nothing where there is none.
    static func words(of path: String) -> [String] {
        (Files.text(of: path) ?? "").split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}
