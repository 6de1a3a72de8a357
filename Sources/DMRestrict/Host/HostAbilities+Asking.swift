import CSandbox
import Files

extension HostAbilities {
    /// The setting of a namespace of processes by which files in memory are no programs (Linux, mm/memfd.c).
    static let memoryProgramSetting = "/proc/sys/vm/memfd_noexec"

    /// What this host can do, as its kernel tells.
    public static func ofThisHost() -> HostAbilities {
        var abilities = HostAbilities()
        let version = sandbox_landlock_version()
        abilities.landlockVersion = version > 0 ? version : nil
        abilities.hasSELinux = Files.exists("/sys/fs/selinux/enforce")
        abilities.canForbidProgramsInMemory = Files.exists(memoryProgramSetting)
        return abilities
    }
}
