/// A value that is bound to a parameter of a statement: values never become text of one.
enum SQLValue: Hashable {
    case null
    case integer(Int64)
    case bytes([UInt8])

    /// NULL for nil.
    init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
    init(_ number: Int) { self = .integer(Int64(number)) }
}
