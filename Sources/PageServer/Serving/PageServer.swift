import Glibc
import Synchronization
import Threading

/// Gives pages to browsers: one request a connection, from a few threads that make answers and one that waits for all connections.
///
/// Whoever connects is hostile: sizes, times and numbers have limits (``PageServerLimits``, ``PageRequest``), and who is slow holds up nobody else.
public final class PageServer: Sendable {
    public typealias Answer = (PageRequest) -> PageResponse

    public let address: ListeningAddress
    private let limits: PageServerLimits
    private let listener: Int32
    /// Wakes who waits for connections.
    private let wakeUp: Int32
    /// Has as many as requests wait for workers.
    private let jobs: Int32
    private let shared = Lock(Shared())

    private struct Shared {
        var requests: [(tag: UInt64, request: PageRequest)] = []
        var answers: [(tag: UInt64, bytes: [UInt8])] = []
        var isStopping = false
    }

    /// Begins to listen. Throws ``PageServerFailure`` when the system does not let it.
    public init(_ address: ListeningAddress, limits: PageServerLimits = PageServerLimits()) throws(PageServerFailure) {
        self.limits = limits
        let (listener, port) = try Socket.listen(address)
        self.listener = listener
        self.address = address.with(port: port)
        wakeUp = try Socket.counter(isTakenFrom: false)
        jobs = try Socket.counter(isTakenFrom: true)
    }

    deinit {
        for descriptor in [listener, wakeUp, jobs] { close(descriptor) }
    }

    /// Serves until ``stop()``. Each worker makes what answers its requests in its own thread, and it is used in no other.
    public func run(_ makeAnswer: @escaping @Sendable () -> Answer) throws(PageServerFailure) {
        var workers: [Thread] = []
        defer {
            shared.withLock { $0.isStopping = true }
            Socket.add(UInt64(workers.count), to: jobs)
            for worker in workers { worker.join() }
        }
        do {
            for _ in 0..<max(1, limits.workers) { workers.append(try Thread { self.work(makeAnswer()) }) }
        } catch {
            throw PageServerFailure("cannot start a thread", error.number)
        }
        var peers: [Peer] = []
        defer { for peer in peers { close(peer.descriptor) } }
        var nextTag: UInt64 = 0
        while !shared.withLock({ $0.isStopping }) {
            let now = Socket.now
            let listens = (listener, false)
            let waited = peers.filter { $0.state != .waiting }
            let soonest = peers.map { $0.deadline - now }.min() ?? 1_000
            let ready = Socket.wait(
                [(wakeUp, false), listens] + waited.map { ($0.descriptor, $0.state == .taking) }, milliseconds: Int32(max(0, min(soonest, 1_000))))
            if ready[0] { Socket.take(from: wakeUp) }
            deliver(to: &peers)
            let tags = Set(zip(waited, ready.dropFirst(2)).filter { $1 }.map { $0.0.tag })
            for index in peers.indices where tags.contains(peers[index].tag) { proceed(&peers[index]) }
            let time = Socket.now
            for index in peers.indices where peers[index].deadline <= time { giveUp(&peers[index], time) }
            peers.removeAll { peer in
                let isGone = peer.deadline == .min
                if isGone { close(peer.descriptor) }
                return isGone
            }
            if ready[1] { accept(&peers, &nextTag) }
        }
    }

    /// Has the server end what it does, from any thread.
    public func stop() {
        shared.withLock { $0.isStopping = true }
        Socket.add(1, to: wakeUp)
    }

    // MARK: Answers

    private func work(_ answer: Answer) {
        while Socket.take(from: jobs) {
            let job: (tag: UInt64, request: PageRequest)? = shared.withLock { $0.isStopping || $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
            guard let job else {
                if shared.withLock({ $0.isStopping }) { return }
                continue
            }
            let bytes = answer(job.request).bytes(withBody: job.request.method != .head)
            shared.withLock { $0.answers.append((job.tag, bytes)) }
            Socket.add(1, to: wakeUp)
        }
    }

    private func deliver(to peers: inout [Peer]) {
        var answers = shared.withLock { shared in
            defer { shared.answers = [] }
            return Dictionary(shared.answers.map { ($0.tag, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        }
        guard !answers.isEmpty else { return }
        for index in peers.indices {
            guard let bytes = answers.removeValue(forKey: peers[index].tag), peers[index].state == .waiting else { continue }
            give(bytes, to: &peers[index])
        }
    }

    private func give(_ bytes: [UInt8], to peer: inout Peer) {
        peer.output = bytes
        peer.state = .taking
        peer.deadline = Socket.now + limits.answerTime
        proceed(&peer)
    }

    // MARK: Connections

    /// Takes who has come, so many at once: those who are there are to be looked at too.
    private func accept(_ peers: inout [Peer], _ nextTag: inout UInt64) {
        for _ in 0..<64 {
            let descriptor = Socket.accept(listener)
            if [-EMFILE, -ENFILE, -ENOBUFS, -ENOMEM].contains(descriptor) {
                // There is no room for another: who waits at the door would be reported again and again.
                if !dropSlowest(&peers) { usleep(100_000) }
                return
            }
            if descriptor == -ECONNABORTED || descriptor == -EINTR { continue }
            guard descriptor >= 0 else { return }
            if peers.count >= limits.connections, !dropSlowest(&peers) {
                close(descriptor)
                continue
            }
            nextTag += 1
            peers.append(Peer(descriptor: descriptor, tag: nextTag, deadline: Socket.now + limits.requestTime))
        }
    }

    /// Who has been asking for longest has had its time. False when all wait for answers.
    private func dropSlowest(_ peers: inout [Peer]) -> Bool {
        guard let slowest = peers.indices.filter({ peers[$0].state != .waiting }).min(by: { peers[$0].deadline < peers[$1].deadline }) else { return false }
        close(peers[slowest].descriptor)
        peers.remove(at: slowest)
        return true
    }

    private func giveUp(_ peer: inout Peer, _ now: Int) {
        switch peer.state {
        case .asking where !peer.input.isEmpty: give(PageResponse(.requestTimeout).bytes(), to: &peer)
        // An answer takes the time that it takes; who waits may go.
        case .waiting: peer.deadline = now + limits.answerTime
        case .asking, .taking, .leaving: peer.deadline = .min
        }
    }

    private func proceed(_ peer: inout Peer) {
        switch peer.state {
        case .asking: read(&peer)
        case .waiting: break
        case .taking:
            guard let count = Socket.send(peer.descriptor, peer.output, from: peer.sent) else { return peer.deadline = .min }
            peer.sent += count
            guard peer.sent >= peer.output.count else { return }
            shutdown(peer.descriptor, Int32(SHUT_WR))
            peer.output = []
            peer.state = .leaving
            peer.deadline = Socket.now + 1_000
        case .leaving:
            if case .success(let bytes)? = Socket.receive(peer.descriptor, limit: 1 << 14), !bytes.isEmpty { return }
            peer.deadline = .min
        }
    }

    private func read(_ peer: inout Peer) {
        guard let came = Socket.receive(peer.descriptor, limit: 1 << 14) else { return }
        guard case .success(let bytes) = came, !bytes.isEmpty else { return peer.deadline = .min }
        peer.input += bytes
        // A request that comes a byte at a time is looked at when its head, or its length, may have come: not each time from the beginning.
        guard peer.input.count >= peer.wanted, peer.wanted > 0 || bytes.contains(UInt8(ascii: "\n")) || peer.input.count > PageRequest.headLimit else { return }
        switch PageRequest.parse(peer.input) {
        case .unfinished(let wanted): peer.wanted = wanted
        case .refused(let status): give(PageResponse(status).bytes(), to: &peer)
        case .whole(let request):
            peer.input = []
            let isTaken = shared.withLock { shared in
                guard shared.requests.count < limits.waiting else { return false }
                shared.requests.append((peer.tag, request))
                return true
            }
            guard isTaken else { return give(PageResponse(.unavailable).bytes(), to: &peer) }
            peer.state = .waiting
            peer.deadline = Socket.now + limits.answerTime
            Socket.add(1, to: jobs)
        }
    }
}
