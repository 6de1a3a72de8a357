import CSandbox
import Files

extension HostAbilities {
    /// What this host can do, as its kernel tells.
    public static func ofThisHost() -> HostAbilities {
        var abilities = HostAbilities()
        let version = sandbox_landlock_version()
        abilities.landlockVersion = version > 0 ? version : nil
        abilities.hasSELinux = Files.exists("/sys/fs/selinux/enforce")
        return abilities
    }
}
