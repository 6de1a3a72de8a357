/// What a server gives to whoever connects.
public struct PageServerLimits: Hashable, Sendable {
    /// Connections that are open at once. When there are more, the one that has been asking for longest goes.
    public var connections: Int
    /// Requests that wait for an answer; more are told to come again.
    public var waiting: Int
    /// Threads that make answers.
    public var workers: Int
    /// How long a request may take to come, and an answer to be taken, in milliseconds.
    public var requestTime: Int
    public var answerTime: Int

    public init(connections: Int = 256, waiting: Int = 64, workers: Int = 4, requestTime: Int = 10_000, answerTime: Int = 30_000) {
        self.connections = connections
        self.waiting = waiting
        self.workers = workers
        self.requestTime = requestTime
        self.answerTime = answerTime
    }
}
