import Flask
import Foundation

/// Questions that the cache has answers for, asked again and again.
struct HotQuestions: Sendable {
    let cache: AccessVectorCache
    let questions: [Question]

    struct Question: Sendable {
        let source: SecurityIdentifier
        let target: SecurityIdentifier
        let objectClass: UInt16
        let requested: UInt32
    }

    /// Asks all of them so many times; how many were granted.
    @inline(never)
    func ask(_ rounds: Int, processor: Int) -> Int {
        var granted = 0
        for _ in 0..<rounds {
            for question in questions {
                do {
                    try cache.authorize(
                        source: question.source, target: question.target, objectClass: question.objectClass,
                        requested: question.requested, processor: processor)
                    granted += 1
                } catch {}
            }
        }
        return granted
    }

    /// How long so many threads take that ask at the same time, in seconds.
    func time(threads: Int, rounds: Int) -> Double {
        let ended = DispatchGroup()
        let start = now()
        for processor in 0..<threads {
            ended.enter()
            Thread {
                _ = ask(rounds, processor: processor)
                ended.leave()
            }.start()
        }
        ended.wait()
        return now() - start
    }
}

/// Seconds since some time.
func now() -> Double {
    Double(DispatchTime.now().uptimeNanoseconds) * 1e-9
}
