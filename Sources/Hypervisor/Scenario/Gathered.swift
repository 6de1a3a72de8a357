import Synchronization
import Threading

/// What has come and nobody has looked at yet.
final class Gathered<Element: Sendable>: Sendable {
    private let elements = Lock<[Element]>([])

    func append(_ new: [Element]) { elements.withLock { $0 += new } }

    func take() -> [Element] {
        elements.withLock { elements in
            defer { elements = [] }
            return elements
        }
    }
}
