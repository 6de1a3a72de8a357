/// Bytes that a connection has not fetched yet.
struct OutputBuffer {
    private(set) var bytes: [UInt8] = []
    /// What has been sent of them.
    private(set) var head = 0
    /// All bytes that were ever sent.
    private var sent: UInt64 = 0
    /// Events that wait behind much else, by what they say, with the place at which each ends, counted from the first byte ever.
    private var waitingEvents: [[UInt8]: UInt64] = [:]

    /// From so many bytes on, an event that already waits is not sent twice.
    static let crowded = 16_384

    /// Bytes that wait.
    var count: Int { bytes.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ header: MessageHeader, _ payload: some Collection<UInt8>) {
        header.append(to: &bytes)
        bytes.append(contentsOf: payload)
    }

    /// Adds an event of a watch, if the same does not wait already.
    mutating func append(event payload: [UInt8], isSpecial: Bool) {
        let isCrowded = count >= Self.crowded
        if isCrowded, !isSpecial, let end = waitingEvents[payload], end > sent { return }
        append(MessageHeader(.watchEvent, length: UInt32(payload.count)), payload)
        if isCrowded { waitingEvents[payload] = sent + UInt64(count) }
    }

    /// Takes away what was sent.
    mutating func removeFirst(_ number: Int) {
        head += number
        sent += UInt64(number)
        if head == bytes.count {
            if bytes.capacity > 4 * Self.crowded { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
            head = 0
            if !waitingEvents.isEmpty { waitingEvents = [:] }
        } else if head > 1 << 16, head > bytes.count / 2 {
            bytes.removeFirst(head)
            head = 0
        }
    }
}
