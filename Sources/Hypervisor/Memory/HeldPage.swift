/// A page of a guest's that the hypervisor itself uses: it stays where it is, and is not free before the hypervisor lets go of
/// it, whatever the guest does with the frame at which it lies (Xen: `get_page_and_type`).
struct HeldPage: Sendable {
    let page: SharedPage
    /// Nil for what is not memory of the guest's own, and stays anyway.
    let number: UInt32?
}
