extension NamePage {
    /// The page with an element more, or in the place of the one of its name: one page, or two when one is too full.
    func setting(_ element: Element, _ key: NameKey) -> (NamePage, NamePage?) {
        if isLeaf {
            let place = place(of: key)
            var (elements, prefixes) = (elements, prefixes)
            if place.isThere {
                elements[place.index] = element
                return (NamePage(elements, prefixes), nil)
            }
            elements.insert(element, at: place.index)
            prefixes.insert(key.prefix, at: place.index)
            guard elements.count > Self.capacity else { return (NamePage(elements, prefixes), nil) }
            let half = elements.count / 2
            return (
                NamePage(Array(elements[..<half]), Array(prefixes[..<half])),
                NamePage(Array(elements[half...]), Array(prefixes[half...]))
            )
        }
        let slot = slot(of: key)
        let (first, second) = pages[slot].setting(element, key)
        var pages = pages
        pages[slot] = first
        if let second { pages.insert(second, at: slot + 1) }
        guard pages.count > Self.capacity else { return (NamePage(pages), nil) }
        let half = pages.count / 2
        return (NamePage(Array(pages[..<half])), NamePage(Array(pages[half...])))
    }

    /// The page without the element of a name; nil when nothing is left.
    func removing(_ key: NameKey) -> NamePage? {
        if isLeaf {
            let place = place(of: key)
            guard place.isThere else { return self }
            guard size > 1 else { return nil }
            var (elements, prefixes) = (elements, prefixes)
            elements.remove(at: place.index)
            prefixes.remove(at: place.index)
            return NamePage(elements, prefixes)
        }
        let slot = slot(of: key)
        var pages = pages
        guard let page = pages[slot].removing(key) else {
            pages.remove(at: slot)
            return pages.isEmpty ? nil : NamePage(pages)
        }
        pages[slot] = page
        if page.size < Self.sparse, pages.count > 1 {
            let left = max(0, slot - 1)
            if pages[left].size + pages[left + 1].size <= Self.capacity * 3 / 4 {
                pages[left] = pages[left].joined(with: pages[left + 1])
                pages.remove(at: left + 1)
            }
        }
        return NamePage(pages)
    }

    private func joined(with next: NamePage) -> NamePage {
        isLeaf ? NamePage(elements + next.elements, prefixes + next.prefixes) : NamePage(pages + next.pages)
    }

    /// Calls a function with each element, in order.
    func forEach<Failure: Error>(_ body: (Element) throws(Failure) -> Void) throws(Failure) {
        for element in elements { try body(element) }
        for page in pages { try page.forEach(body) }
    }

    /// Adds the names, each with a zero behind it, to some bytes, from a place in the list of all of them on, until one does
    /// not fit below a limit; false when one did not.
    func appendNames(from offset: inout Int, to bytes: inout [UInt8], limit: Int) -> Bool {
        if offset >= nameBytes {
            offset -= nameBytes
            return true
        }
        for page in pages {
            guard page.appendNames(from: &offset, to: &bytes, limit: limit) else { return false }
        }
        for element in elements {
            let name = element.name
            if offset > name.count {
                offset -= name.count + 1
                continue
            }
            guard bytes.count + name.count - offset + 1 <= limit else { return false }
            bytes.append(contentsOf: name[offset...])
            bytes.append(0)
            offset = 0
        }
        return true
    }
}
