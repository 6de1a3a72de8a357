/// A value of JSON (RFC 8259).
///
/// A number that is written without fraction and exponent is an integer, any other one is of floating point; the two are never
/// equal. Strings are equal if their bytes are, whatever Unicode takes to be equivalent.
public enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// Finite, where it was read.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public static func == (first: JSONValue, second: JSONValue) -> Bool {
        switch (first, second) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    public var boolean: Bool? { if case .boolean(let truth) = self { truth } else { nil } }
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    public var string: String? { if case .string(let string) = self { string } else { nil } }
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

    /// A number of either kind; an integer is rounded where it has more than 53 bits.
    public var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// The member of an object; nil as well where this is none.
    public subscript(_ name: String) -> JSONValue? { object?[name] }
}
