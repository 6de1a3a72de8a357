/// What has a name in a ``NameTable``.
protocol Named {
    var name: [UInt8] { get }
}

/// A page of a ``NameTable``: up to ``capacity`` elements, or as many pages of one height, in the order of their names. It
/// never changes once it is made.
final class NamePage<Element: Named> {
    /// The beginnings of the names: of each element, or of the first element of each page.
    let prefixes: [UInt64]
    /// Empty in a page of pages.
    let elements: [Element]
    /// Empty in a page of elements.
    let pages: [NamePage]
    /// Elements of this page and of all under it.
    let count: Int
    /// Bytes of all names, each with one for the zero behind it.
    let nameBytes: Int

    static var capacity: Int { 32 }
    /// A page with fewer is put together with its neighbour when both fit into three quarters of one.
    static var sparse: Int { 8 }

    init(_ elements: [Element], _ prefixes: [UInt64]) {
        self.elements = elements
        self.prefixes = prefixes
        pages = []
        count = elements.count
        nameBytes = elements.reduce(0) { $0 + $1.name.count + 1 }
    }

    init(_ pages: [NamePage]) {
        self.pages = pages
        elements = []
        prefixes = pages.map { $0.prefixes.first ?? 0 }
        count = pages.reduce(0) { $0 + $1.count }
        nameBytes = pages.reduce(0) { $0 + $1.nameBytes }
    }

    var isLeaf: Bool { pages.isEmpty }
    var size: Int { prefixes.count }

    /// The first name in the page.
    private var firstName: [UInt8] {
        var page = self
        while let next = page.pages.first { page = next }
        return page.elements.first?.name ?? []
    }

    /// Where a name stands against the one at an index: before (negative), behind (positive) or equal.
    private func compare(_ key: NameKey, _ index: Int) -> Int {
        let prefix = prefixes[index]
        if key.prefix != prefix { return key.prefix < prefix ? -1 : 1 }
        // Fewer than eight bytes, and all of them equal.
        if prefix & 0xff == 0 { return 0 }
        return key.compareBehindPrefix(with: isLeaf ? elements[index].name : pages[index].firstName)
    }

    /// The first index whose name does not come before the one looked for, and whether it is that one.
    func place(of key: NameKey) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, size)
        while low < high {
            let middle = (low + high) / 2
            let order = compare(key, middle)
            if order == 0 { return (middle, true) }
            if order < 0 { high = middle } else { low = middle + 1 }
        }
        return (low, false)
    }

    /// The page under this one that holds a name, or would hold it.
    func slot(of key: NameKey) -> Int {
        let place = place(of: key)
        return place.isThere ? place.index : max(0, place.index - 1)
    }
}

extension NamePage: Sendable where Element: Sendable {}
