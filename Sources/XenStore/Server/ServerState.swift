import Glibc

/// The store, the sockets, and who is at their other ends. Used by whoever holds its lock.
final class ServerState {
    let engine: StoreEngine
    private let poller: Poller
    private var peers: [UInt64: Peer] = [:]
    private var listeners: [UInt64: Listener] = [:]
    private var lastTag: UInt64 = 0
    /// Those that have requests left from their last turn.
    private var busy: [Peer] = []
    /// Where bytes arrive.
    private var scratch = [UInt8](repeating: 0, count: ServerState.inputSize)
    /// Listeners that are not looked at, as the process has no descriptor left.
    private var pausedListeners: [UInt64] = []
    var isStopped = false

    private struct Listener {
        let descriptor: Int32
        let domain: UInt16
        let path: String
    }

    /// Bytes that are taken from a socket at once.
    static let inputSize = 16_384
    /// Requests of one client that are answered before it is somebody else's turn.
    static let requestsPerTurn = 64

    init(_ engine: StoreEngine, _ poller: Poller) {
        self.engine = engine
        self.poller = poller
    }

    private func nextTag() -> UInt64 {
        lastTag += 1
        return lastTag
    }

    // MARK: Coming and going

    func listen(at path: String, domain: UInt16, mode: UInt32) throws(XenStoreServerError) {
        guard !isStopped else { throw XenStoreServerError("cannot listen at `\(path)`", ESHUTDOWN) }
        let descriptor = try Socket.listen(at: path, mode: mode)
        let tag = nextTag()
        do {
            try poller.add(descriptor, tag: tag, .reading)
        } catch {
            close(descriptor)
            throw error
        }
        listeners[tag] = Listener(descriptor: descriptor, domain: domain, path: path)
    }

    /// Waits for clients of a domain no more.
    func stopListening(for domain: UInt16) {
        for (tag, listener) in listeners where listener.domain == domain {
            poller.remove(listener.descriptor)
            close(listener.descriptor)
            Socket.remove(listener.path)
            listeners[tag] = nil
        }
    }

    /// Takes over a descriptor, in any case.
    func adopt(_ descriptor: Int32, domain: UInt16) throws(XenStoreServerError) {
        guard !isStopped, let connection = engine.connect(domain) else {
            close(descriptor)
            throw XenStoreServerError("domain \(domain) cannot have another connection", isStopped ? ESHUTDOWN : EMFILE)
        }
        let peer = Peer(descriptor, tag: nextTag(), connection)
        do throws(XenStoreServerError) {
            try Socket.unblock(descriptor)
            try poller.add(descriptor, tag: peer.tag, .reading)
        } catch {
            engine.disconnect(connection)
            close(descriptor)
            throw error
        }
        connection.tag = peer.tag
        peers[peer.tag] = peer
    }

    private func accept(_ listener: Listener, _ tag: UInt64) {
        // As many as may come at once, so that others get their turn.
        for _ in 0..<16 {
            let descriptor = Socket.accept(listener.descriptor)
            if descriptor >= 0 {
                // One that cannot be had is closed.
                try? adopt(descriptor, domain: listener.domain)
                continue
            }
            if -descriptor == EMFILE || -descriptor == ENFILE || -descriptor == ENOMEM || -descriptor == ENOBUFS {
                // Would come again at once: wait until a descriptor is free.
                poller.change(listener.descriptor, tag: tag, [])
                pausedListeners.append(tag)
            }
            if -descriptor != EINTR, -descriptor != ECONNABORTED { return }
        }
    }

    /// Whether a listener waits for a descriptor to become free.
    var isShortOfDescriptors: Bool { !pausedListeners.isEmpty }

    func resumeListeners() {
        for tag in pausedListeners {
            if let listener = listeners[tag] { poller.change(listener.descriptor, tag: tag, .reading) }
        }
        pausedListeners = []
    }

    private func drop(_ peer: Peer) {
        guard peers.removeValue(forKey: peer.tag) != nil else { return }
        engine.disconnect(peer.connection)
        poller.remove(peer.descriptor)
        close(peer.descriptor)
        resumeListeners()
    }

    /// Closes everything.
    func closeAll() {
        for peer in Array(peers.values) { drop(peer) }
        for listener in listeners.values {
            close(listener.descriptor)
            Socket.remove(listener.path)
        }
        listeners = [:]
        busy = []
    }

    // MARK: Turns

    /// Does what an event asks for.
    func handle(_ event: Poller.Event) {
        if let peer = peers[event.tag] {
            if event.came.contains(.writing) { flush(peer) }
            if event.came.contains(.reading) {
                takeTurn(peer)
            } else if event.came.contains(.hangUp) {
                drop(peer)
            }
        } else if let listener = listeners[event.tag] {
            accept(listener, event.tag)
        }
    }

    var hasBusyPeers: Bool { !busy.isEmpty }

    /// Those that wait for their turn; each is to get it.
    func takeBusyPeers() -> [UInt64] {
        defer { busy = [] }
        for peer in busy { peer.isBusy = false }
        return busy.map(\.tag)
    }

    func takeTurn(of tag: UInt64) {
        if let peer = peers[tag] { takeTurn(peer) }
    }

    /// Answers some requests of a client.
    private func takeTurn(_ peer: Peer) {
        guard !peer.isBusy, !peer.connection.isClosed else { return }
        var count = peer.input.count
        if count > 0 { scratch.replaceSubrange(0..<count, with: peer.input) }
        // More is read only when no request is there as a whole, so that no more is kept than fits.
        if Self.message(in: scratch, 0, count) == .incomplete {
            let came = Socket.receive(peer.descriptor, &scratch, from: count)
            if came == 0 || came < 0 && came != -Int(EAGAIN) {
                flush(peer)
                return drop(peer)
            }
            count += max(0, came)
        }
        var head = 0
        for _ in 0..<Self.requestsPerTurn {
            guard case .size(let size) = Self.message(in: scratch, head, count),
                peer.connection.output.count < engine.quotas.unsentReplies, !peer.connection.isClosed
            else { break }
            let request = Request(
                header: MessageHeader(scratch, at: head), payload: scratch[(head + MessageHeader.size)..<(head + size)])
            engine.receive(request, from: peer.connection)
            head += size
        }
        peer.input = head < count ? Array(scratch[head..<count]) : []
        let next = Self.message(in: scratch, head, count)
        if next == .tooLong {
            flush(peer)
            return drop(peer)
        }
        flush(peer)
        if next != .incomplete, !peer.isBusy, peer.connection.output.count < engine.quotas.unsentReplies {
            peer.isBusy = true
            busy.append(peer)
        }
    }

    private enum Message: Equatable {
        case incomplete, tooLong
        case size(Int)
    }

    /// Whether a whole message begins at a place.
    private static func message(in bytes: [UInt8], _ head: Int, _ end: Int) -> Message {
        guard end - head >= MessageHeader.size else { return .incomplete }
        let length = Int(MessageHeader(bytes, at: head).length)
        guard length <= MessageHeader.maximumLength else { return .tooLong }
        return end - head >= MessageHeader.size + length ? .size(MessageHeader.size + length) : .incomplete
    }

    // MARK: Sending

    /// Sends to all that have something to be sent, and drops those that are to go.
    func flushWaiting() {
        while !engine.waiting.isEmpty {
            let waiting = engine.waiting
            engine.waiting = []
            for connection in waiting {
                connection.isWaiting = false
                guard let peer = peers[connection.tag] else { continue }
                flush(peer)
                if connection.isClosed { drop(peer) }
            }
        }
    }

    private func flush(_ peer: Peer) {
        let connection = peer.connection
        while !connection.output.isEmpty {
            let sent = Socket.send(peer.descriptor, connection.output.bytes, from: connection.output.head)
            if sent == -Int(EAGAIN) { break }
            guard sent > 0 else {
                // It will be dropped when its turn comes.
                engine.close(connection)
                break
            }
            connection.output.removeFirst(sent)
        }
        // Who does not read is not read from.
        var interest: Poller.Interest = []
        if connection.output.count < engine.quotas.unsentReplies { interest.insert(.reading) }
        if !connection.output.isEmpty { interest.insert(.writing) }
        if interest != peer.interest {
            let canReadAgain = !peer.interest.contains(.reading) && interest.contains(.reading)
            poller.change(peer.descriptor, tag: peer.tag, interest)
            peer.interest = interest
            if canReadAgain, !peer.input.isEmpty, !peer.isBusy {
                peer.isBusy = true
                busy.append(peer)
            }
        }
    }
}
