/// A mapping of somebody's grant, as its holder's table keeps it by number.
struct GrantMapping: Sendable {
    let granter: Domain
    let reference: UInt32
    /// What is still mapped.
    var flags: GrantMapFlags
    /// Where, by a guest.
    let address: UInt64
    /// Whether a process has it, and not the kernel: that ends it otherwise.
    var isProcess = false
}
