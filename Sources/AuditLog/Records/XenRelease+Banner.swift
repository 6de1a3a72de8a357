public import Flask

extension XenRelease {
    /// The release of `Xen version 4.17.7 (…`, with which a hypervisor begins to speak; nil for other words, and when its tables are not known.
    public init?(banner text: Span<UInt8>) {
        guard text.has("Xen version ", at: 0) else { return nil }
        let words = String(decoding: text.bytes(12..<max(12, min(text.count, 60))), as: UTF8.self)
        let number = words.prefix { $0.isNumber || $0 == "." }
        self.init(number.split(separator: ".").prefix(2).joined(separator: "."))
    }
}
