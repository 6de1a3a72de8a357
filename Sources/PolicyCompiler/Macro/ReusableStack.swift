/// A stack whose storage stays when it empties, so that pushing allocates only at a new height.
struct ReusableStack<Element: BitwiseCopyable> {
    private var storage: [Element] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    mutating func push(_ element: Element) {
        if count < storage.count {
            storage[count] = element
        } else {
            storage.append(element)
        }
        count += 1
    }

    @inline(__always)
    mutating func pop() -> Element? {
        guard count > 0 else { return nil }
        count -= 1
        return storage[count]
    }

    @inline(__always)
    mutating func truncate(to newCount: Int) {
        count = min(count, max(newCount, 0))
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        get { storage[index] }
        set { storage[index] = newValue }
    }
}
