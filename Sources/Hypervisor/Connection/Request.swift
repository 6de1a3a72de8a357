/// A message of a client: 64 bytes, little endian, and for some kinds an array behind them (Documentation/connection-protocol.md).
struct Request: Hashable, Sendable {
    /// What is asked for; the numbers are the protocol's.
    enum Kind: UInt32, Hashable, Sendable, CaseIterable {
        case door = 1
        case hello = 2
        case arena = 3
        case hypercall = 4
        case restrict = 5
        case openDoor = 6
        case restrictDoor = 7
        case bindUnbound = 16
        case bindInterdomain = 17
        case bindVirtualIRQ = 18
        case unbind = 19
        case notify = 20
        case restrictPorts = 21
        case mapFrames = 32
        case mapResource = 33
        case restrictMapping = 34
        case mapGrants = 48
        case unmapGrants = 49
        case copyFromGrant = 50
        case copyToGrant = 51
        case notifyOfGrantUnmap = 52
        case share = 56
        case unshare = 57
        case notifyOfUnshare = 58
        case takeProcessor = 64
        case access = 65
        case watchDomains = 72

        /// Whether it may have the daemon keep a descriptor open for the client.
        var opensDescriptor: Bool {
            switch self {
            case .hello, .bindUnbound, .bindInterdomain, .bindVirtualIRQ, .share, .takeProcessor, .watchDomains: true
            default: false
            }
        }
    }

    static let headerSize = 64
    /// No message has more bytes behind its header.
    static let maximumPayload = 16_384

    let kind: Kind
    private let words: [UInt64]
    let payload: [UInt8]

    /// A request with its first words, the others 0.
    init(_ kind: Kind, _ words: [UInt64]) {
        self.kind = kind
        self.words = words + [UInt64](repeating: 0, count: max(0, 7 - words.count))
        payload = []
    }

    var bytes: [UInt8] {
        var header = ABIStructure(size: Self.headerSize)
        header.set(kind.rawValue, at: 0)
        for (index, word) in words.prefix(7).enumerated() { header.set(word, at: 8 + 8 * index) }
        return header.bytes + payload
    }

    /// Nil when the bytes are none of the protocol's.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerSize, bytes.count <= Self.headerSize + Self.maximumPayload else { return nil }
        let header = ABIStructure(Array(bytes[..<Self.headerSize]))
        guard let kind = Kind(rawValue: header.word32(at: 0)), header.word32(at: 4) == 0 else { return nil }
        self.kind = kind
        words = (1..<8).map { header.word64(at: $0 * 8) }
        payload = Array(bytes[Self.headerSize...])
    }

    /// One of the seven words behind the kind.
    subscript(index: Int) -> UInt64 { words[index] }

    /// The domain that a word names; nil when it names none that could be.
    func domain(_ index: Int) -> UInt16? { UInt16(exactly: words[index]) }

    /// The five words behind the first: a hypercall's arguments.
    var arguments: [UInt64] { Array(words[1...5]) }
}
