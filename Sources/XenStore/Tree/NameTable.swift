/// A map from names to elements that are known by them: a B-tree that is never changed, but made anew along the one path from
/// its root that an edit touches. What was taken from it earlier stays as it was, and shares the rest.
///
/// Looking a name up takes a time that grows with the logarithm of the number of elements, and so do edits.
struct NameTable<Element: Named> {
    let root: NamePage<Element>?

    init() { root = nil }

    /// A table of one element.
    init(_ element: Element) { root = NamePage(element) }

    private init(_ root: NamePage<Element>?) {
        // A root of one page is that page.
        var page = root
        while let only = page, !only.isLeaf, only.size == 1 { page = only.page(at: 0) }
        self.root = page
    }

    var count: Int { root?.count ?? 0 }
    var isEmpty: Bool { root == nil }
    /// Bytes of all names, each with one for the zero behind it.
    var nameBytes: Int { root?.nameBytes ?? 0 }

    func setting(_ element: Element) -> NameTable {
        guard let root else { return NameTable(element) }
        let (first, second) = root.setting(element, NameKey(element.name), element.name)
        return NameTable(second.map { NamePage(first, $0) } ?? first)
    }

    /// Without the element of a name that lies in some bytes.
    func removing(_ key: NameKey, _ bytes: [UInt8]) -> NameTable { NameTable(root?.removing(key, bytes)) }

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
