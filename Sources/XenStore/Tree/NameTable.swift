/// A map from names to elements that are known by them: a B-tree that is never changed, but made anew along the one path from
/// its root that an edit touches. What was taken from it earlier stays as it was, and shares the rest.
///
/// Looking a name up takes a time that grows with the logarithm of the number of elements, and so do edits.
struct NameTable<Element: Named> {
    private let root: NamePage<Element>?

    init() { root = nil }

    /// A table of one element.
    init(_ element: Element) { root = NamePage([element], [NameKey(element.name).prefix]) }

    private init(_ root: NamePage<Element>?) {
        // A root of one page is that page.
        var page = root
        while let only = page?.pages.first, page?.pages.count == 1 { page = only }
        self.root = page
    }

    var count: Int { root?.count ?? 0 }
    var isEmpty: Bool { root == nil }
    /// Bytes of all names, each with one for the zero behind it.
    var nameBytes: Int { root?.nameBytes ?? 0 }

    func find(_ key: NameKey) -> Element? {
        guard var page = root else { return nil }
        while !page.isLeaf { page = page.pages[page.slot(of: key)] }
        let place = page.place(of: key)
        return place.isThere ? page.elements[place.index] : nil
    }

    func setting(_ element: Element) -> NameTable {
        let key = NameKey(element.name)
        guard let root else { return NameTable(element) }
        let (first, second) = root.setting(element, key)
        return NameTable(second.map { NamePage([first, $0]) } ?? first)
    }

    func removing(_ key: NameKey) -> NameTable { NameTable(root?.removing(key)) }

    /// Calls a function with each element, in the order of their names.
    func forEach<Failure: Error>(_ body: (Element) throws(Failure) -> Void) throws(Failure) {
        try root?.forEach(body)
    }

    /// Adds the names, each with a zero behind it, from a place in the list of all of them on, until one does not fit below a
    /// limit on the size of the whole; false when one did not.
    func appendNames(from offset: Int, to bytes: inout [UInt8], limit: Int) -> Bool {
        var offset = offset
        return root?.appendNames(from: &offset, to: &bytes, limit: limit) ?? true
    }
}

extension NameTable: Sendable where Element: Sendable {}
