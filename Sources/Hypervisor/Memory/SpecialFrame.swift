/// What lies at a guest's frame and is not of its own memory.
struct SpecialFrame: Sendable {
    enum Kind: Sendable {
        /// Information that the hypervisor shares with the guest.
        case sharedInfo
        /// A frame of the domain's own grant table, or of its states.
        case grantTable
        /// A page of an I/O request server.
        case server
        /// A page that a process of the domain shares with another domain.
        case shared
        /// Somebody's page that was granted to it, by the number of the mapping.
        case granted(handle: UInt32, isReadOnly: Bool)
        /// Somebody's page that it may map by itself; a number of a page of that domain's, or nil for what is not its memory.
        case foreign(Domain, page: UInt32?)
    }

    let kind: Kind
    let memory: SharedMemory
    let offset: Int
    /// What accesses find; a device model may change it of what is the domain's own.
    var type = FrameType.memory

    /// Whether the page is somebody else's, so that it leaves the map only as it came.
    var isBorrowed: Bool {
        switch kind {
        case .sharedInfo, .grantTable, .server, .shared: false
        case .granted, .foreign: true
        }
    }
}
