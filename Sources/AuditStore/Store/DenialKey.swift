/// By what a decision is known wherever it is kept.
public struct DenialKey: Hashable, Sendable {
    /// The host's name; empty when nobody said it.
    public var host: [UInt8]
    /// What the boot is called: the journal's number of it, or a name that was made when it was first seen.
    public var boot: [UInt8]
    /// Its place in the boot. Places of one piece of log follow each other; between pieces some are left out. Less than 2⁴⁰.
    public var sequence: Int64

    public init(host: [UInt8], boot: [UInt8], sequence: Int64) {
        self.host = host
        self.boot = boot
        self.sequence = sequence
    }
}
