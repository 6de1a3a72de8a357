// SAFETY: the slots of a page are allocated, filled and their objects retained when the page is made; they are never changed,
// and released with the page. Every index is below `size`, by its computation or by a check. What a slot leads to is of the
// kind that `isLeaf` tells. Objects that are handed out without being retained are kept by the page that was asked, which the
// caller keeps.

/// What has a name in a ``NameTable``.
protocol Named: AnyObject {
    var name: [UInt8] { get }
}

/// A page of a ``NameTable``: up to ``capacity`` elements, or as many pages of one height, in the order of their names. It
/// never changes once it is made.
@safe final class NamePage<Element: Named> {
    @safe struct Slot {
        /// The beginning of the name: of the element, or of the first element of the page.
        let prefix: UInt64
        fileprivate let object: Unmanaged<AnyObject>
    }

    private let slots: UnsafeMutablePointer<Slot>
    /// Slots.
    let size: Int
    /// Whether slots lead to elements, not to pages.
    let isLeaf: Bool
    /// Elements of this page and of all under it.
    let count: Int
    /// Bytes of all names, each with one for the zero behind it.
    let nameBytes: Int

    static var capacity: Int { 32 }
    /// A page with fewer is put together with its neighbour when both fit into three quarters of one.
    static var sparse: Int { 8 }

    /// A page of so many slots, each of which a function gives.
    private init(_ size: Int, isLeaf: Bool, _ slot: (Int) -> Slot) {
        self.size = size
        self.isLeaf = isLeaf
        unsafe slots = .allocate(capacity: size)
        var (count, nameBytes) = (0, 0)
        for index in 0..<size {
            let slot = slot(index)
            _ = unsafe slot.object.retain()
            unsafe (slots + index).initialize(to: slot)
            if isLeaf {
                count += 1
                nameBytes += unsafe Self.element(slot)._withUnsafeGuaranteedRef { $0.name.count } + 1
            } else {
                let (more, bytes) = unsafe Self.page(slot)._withUnsafeGuaranteedRef { ($0.count, $0.nameBytes) }
                count += more
                nameBytes += bytes
            }
        }
        self.count = count
        self.nameBytes = nameBytes
    }

    deinit {
        for index in 0..<size { unsafe slots[index].object.release() }
        unsafe slots.deallocate()
    }

    /// A page of one element.
    convenience init(_ element: Element) {
        self.init(1, isLeaf: true) { _ in Self.slot(element) }
    }

    /// A page of two pages.
    convenience init(_ first: NamePage, _ second: NamePage) {
        self.init(2, isLeaf: false) { Self.slot($0 == 0 ? first : second) }
    }

    private static func slot(_ element: Element) -> Slot {
        unsafe Slot(prefix: NameKey(element.name).prefix, object: .passUnretained(element))
    }

    /// The slot of what the caller keeps until the slot is in a page.
    private static func slot(_ page: NamePage) -> Slot {
        unsafe Slot(prefix: page.slots[0].prefix, object: .passUnretained(page))
    }

    @inline(__always)
    private static func element(_ slot: Slot) -> Unmanaged<Element> { unsafe .fromOpaque(slot.object.toOpaque()) }
    @inline(__always)
    private static func page(_ slot: Slot) -> Unmanaged<NamePage> { unsafe .fromOpaque(slot.object.toOpaque()) }

    /// The page at an index of a page of pages.
    func page(at index: Int) -> NamePage {
        precondition(!isLeaf && index >= 0 && index < size)
        return unsafe Self.page(slots[index]).takeUnretainedValue()
    }

    /// The element at an index of a page of elements.
    func element(at index: Int) -> Element {
        precondition(isLeaf && index >= 0 && index < size)
        return unsafe Self.element(slots[index]).takeUnretainedValue()
    }

    // MARK: Looking up

    /// Compares behind the prefix with the name at an index.
    @inline(never)
    private func compareBehindPrefix(_ key: NameKey, _ bytes: [UInt8], _ index: Int) -> Int {
        var page = self
        var index = index
        while !page.isLeaf { (page, index) = (page.page(at: index), 0) }
        return key.compareBehindPrefix(of: bytes, with: page.element(at: index).name)
    }

    /// The first index whose name does not come before the one looked for, and whether it is that one.
    @inline(__always)
    func place(of key: NameKey, _ bytes: [UInt8]) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, size)
        while low < high {
            let middle = (low + high) / 2
            let prefix = unsafe slots[middle].prefix
            var order = key.prefix == prefix ? 0 : key.prefix < prefix ? -1 : 1
            // With fewer than eight bytes, all of them are equal.
            if order == 0, prefix & 0xff != 0 { order = compareBehindPrefix(key, bytes, middle) }
            if order == 0 { return (middle, true) }
            if order < 0 { high = middle } else { low = middle + 1 }
        }
        return (low, false)
    }

    /// The page under this one that holds a name, or would hold it.
    @inline(__always)
    private func slot(of key: NameKey, _ bytes: [UInt8]) -> Int {
        let place = place(of: key, bytes)
        return place.isThere ? place.index : max(0, place.index - 1)
    }

    /// The element of a name, not retained.
    @inline(__always)
    @unsafe func find(_ key: NameKey, _ bytes: [UInt8]) -> Unmanaged<Element>? {
        var page: Unmanaged<NamePage> = unsafe .passUnretained(self)
        while true {
            let slot: (isLeaf: Bool, slot: Slot)? = unsafe page._withUnsafeGuaranteedRef { page in
                let place = page.place(of: key, bytes)
                if page.isLeaf { return place.isThere ? unsafe (true, page.slots[place.index]) : nil }
                return unsafe (false, page.slots[place.isThere ? place.index : max(0, place.index - 1)])
            }
            guard let slot else { return nil }
            if slot.isLeaf { return unsafe Self.element(slot.slot) }
            unsafe page = Self.page(slot.slot)
        }
    }

    // MARK: Editing

    /// The page with an object more, or in the place of another; two pages when one is too full.
    private func placing(
        _ new: AnyObject, _ prefix: UInt64, at index: Int, replacing: Bool
    ) -> (NamePage, NamePage?) {
        let total = replacing ? size : size + 1
        func slot(_ at: Int) -> Slot {
            if at == index { return unsafe Slot(prefix: prefix, object: .passUnretained(new)) }
            return unsafe slots[at < index || replacing ? at : at - 1]
        }
        guard total > Self.capacity else { return (NamePage(total, isLeaf: isLeaf, slot), nil) }
        let half = total / 2
        return (NamePage(half, isLeaf: isLeaf, slot), NamePage(total - half, isLeaf: isLeaf) { slot($0 + half) })
    }

    private func placing(_ page: NamePage, at index: Int, replacing: Bool) -> (NamePage, NamePage?) {
        placing(page, unsafe page.slots[0].prefix, at: index, replacing: replacing)
    }

    /// The page with an element more, or in the place of the one of its name: one page, or two when one is too full.
    func setting(_ element: Element, _ key: NameKey, _ bytes: [UInt8]) -> (NamePage, NamePage?) {
        if isLeaf {
            let place = place(of: key, bytes)
            return placing(element, key.prefix, at: place.index, replacing: place.isThere)
        }
        let index = slot(of: key, bytes)
        let (first, second) = page(at: index).setting(element, key, bytes)
        let replaced = placing(first, at: index, replacing: true).0
        guard let second else { return (replaced, nil) }
        return replaced.placing(second, at: index + 1, replacing: false)
    }

    private func removing(at index: Int) -> NamePage? {
        size == 1 ? nil : NamePage(size - 1, isLeaf: isLeaf) { unsafe self.slots[$0 < index ? $0 : $0 + 1] }
    }

    /// The page without the element of a name; nil when nothing is left.
    func removing(_ key: NameKey, _ bytes: [UInt8]) -> NamePage? {
        if isLeaf {
            let place = place(of: key, bytes)
            return place.isThere ? removing(at: place.index) : self
        }
        let index = slot(of: key, bytes)
        guard let changed = page(at: index).removing(key, bytes) else { return removing(at: index) }
        let replaced = placing(changed, at: index, replacing: true).0
        guard changed.size < Self.sparse, size > 1 else { return replaced }
        let left = max(0, index - 1)
        let (one, other) = (replaced.page(at: left), replaced.page(at: left + 1))
        guard one.size + other.size <= Self.capacity * 3 / 4 else { return replaced }
        let both = NamePage(one.size + other.size, isLeaf: one.isLeaf) {
            unsafe $0 < one.size ? one.slots[$0] : other.slots[$0 - one.size]
        }
        return replaced.placing(both, at: left, replacing: true).0.removing(at: left + 1)
    }
}

// Nothing of it ever changes.
extension NamePage: @unchecked Sendable where Element: Sendable {}
