import Diagnostics

/// The names in one place of an assertion, as they are written: `dom0_t`, `{ guests /_dev_t$/ -domU_t }`, `*`.
struct AssertionNames: Hashable {
    enum Name: Hashable {
        /// `*`
        case all
        /// `self`
        case itself
        case name([UInt8])
        case expression([UInt8])
    }

    struct Item: Hashable {
        let name: Name
        /// Whether the policy need not have it: a `?` stands behind it.
        let isOptional: Bool
        let span: Span

        /// As it is written, without the `?`.
        var text: String {
            switch name {
            case .all: "*"
            case .itself: "self"
            case .name(let bytes): String(decoding: bytes, as: UTF8.self)
            case .expression(let bytes): "/\(String(decoding: bytes, as: UTF8.self))/"
            }
        }

        /// Whether it is a full context: those have colons.
        var isContext: Bool { if case .name(let bytes) = name { bytes.contains(UInt8(ascii: ":")) } else { false } }
    }

    var included: [Item] = []
    var excluded: [Item] = []
    let span: Span
}
