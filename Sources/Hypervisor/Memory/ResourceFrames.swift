/// Frames of a domain's that are not part of its memory: pages of an I/O request server, its grant table, its traces.
public struct ResourceFrames: Sendable {
    public let memory: SharedMemory
    /// Where the first of them lies, in bytes; they lie one behind the other.
    public let offset: Int
    public let count: Int
}
