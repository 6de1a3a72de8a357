import CSandbox

// SAFETY: paths are copied before a call returns.

extension HostAbilities {
    /// The setting of a namespace of processes by which files in memory are no programs (Linux, mm/memfd.c).
    static let memoryProgramSetting = "/proc/sys/vm/memfd_noexec"

    /// What this host can do, as its kernel tells.
    public static func ofThisHost() -> HostAbilities {
        var abilities = HostAbilities()
        let version = sandbox_landlock_version()
        abilities.landlockVersion = version > 0 ? version : nil
        // What cannot be told is taken to be there: should it not be, its step stops the launch.
        abilities.hasSELinux = unsafe sandbox_exists("/sys/fs/selinux/enforce") != 0
        abilities.canForbidProgramsInMemory = unsafe sandbox_exists(memoryProgramSetting) != 0
        return abilities
    }
}
