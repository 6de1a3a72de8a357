import Glibc

extension RootTree {
    /// Where the tree is built, in a mount namespace of one's own: a folder that every host has, and whose files nobody needs then.
    private static let root = "/proc"
    /// The tree is a file system in another, which holds nothing else: see `sandbox_enter_root`.
    private static let place = root + "/tree"

    /// Builds the tree and makes it this process's root, which the host's is no more.
    func enter() throws(StepFailure) {
        try Kernel.mount(nil, at: "/", UInt(MS_REC) | UInt(MS_PRIVATE))
        try Kernel.mount("none", at: Self.root, type: "tmpfs", Self.closed(), data: "size=4k,nr_inodes=2,mode=0755")
        try Kernel.makeFolder(Self.place)
        try Kernel.mount("root", at: Self.place, type: "tmpfs", Self.closed(), data: "size=\(size),nr_inodes=1024,mode=0755")
        for binding in bindings { try bind(binding) }
        try Kernel.mount(nil, at: Self.place, UInt(MS_REMOUNT) | UInt(MS_BIND) | UInt(MS_RDONLY) | Self.closed())
        try Kernel.mount(nil, at: Self.root, UInt(MS_REMOUNT) | UInt(MS_BIND) | UInt(MS_RDONLY) | Self.closed())
        try Kernel.enterRoot(Self.root, tree: "tree")
    }

    private static func closed(_ binding: Binding? = nil) -> UInt {
        var flags = UInt(MS_NOSUID)
        if binding?.isDevice != true { flags |= UInt(MS_NODEV) }
        if binding?.isExecutable != true { flags |= UInt(MS_NOEXEC) }
        return flags
    }

    private func bind(_ binding: Binding) throws(StepFailure) {
        let target = Self.place + binding.target
        var folder = Self.place
        for part in binding.target.split(separator: "/").dropLast() {
            folder += "/" + part
            try Kernel.makeFolder(folder)
        }
        if try Kernel.isFolder(binding.source) { try Kernel.makeFolder(target) } else { try Kernel.makeFile(target) }
        try Kernel.mount(binding.source, at: target, UInt(MS_BIND))
        let writing = binding.isWritable ? 0 : UInt(MS_RDONLY)
        try Kernel.mount(nil, at: target, UInt(MS_REMOUNT) | UInt(MS_BIND) | writing | Self.closed(binding))
    }
}
