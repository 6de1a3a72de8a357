/// A condition on permissions (constrain, mlsconstrain) or on relabelling (validatetrans, mlsvalidatetrans).
public struct Constraint: Hashable, Sendable {
    /// The permissions that need the condition; 0 for a validatetrans.
    public var permissions: UInt32
    /// In reverse Polish order.
    public var expression: [Term]

    /// The deepest stack that an expression may need (Xen, xen/xsm/flask/ss/constraint.h: `CEXPR_MAXDEPTH`).
    public static let maximumDepth = 5

    public init(permissions: UInt32, expression: [Term]) {
        self.permissions = permissions
        self.expression = expression
    }

    /// One step of the expression. Numbers are the image's (Xen, xen/xsm/flask/ss/constraint.h).
    public struct Term: Hashable, Sendable {
        public enum Kind: UInt32, Hashable, Sendable {
            case not = 1
            case and = 2
            case or = 3
            /// Compares an attribute of both contexts.
            case attribute = 4
            /// Compares an attribute of one context with names.
            case names = 5
        }

        public enum Comparison: UInt32, Hashable, Sendable {
            case none = 0
            case equal = 1
            case notEqual = 2
            case dominates = 3
            case dominatedBy = 4
            case incomparable = 5
        }

        public var kind: Kind
        public var attribute: Attribute
        public var comparison: Comparison
        /// The symbols named, as indices; attributes among types are replaced by their types.
        public var names: Bitmap
        /// The types and attributes as the author named them; version 29 and later.
        public var typeSet: TypeSet

        public init(
            _ kind: Kind, _ attribute: Attribute = [], _ comparison: Comparison = .none, names: Bitmap = [],
            typeSet: TypeSet = TypeSet()
        ) {
            self.kind = kind
            self.attribute = attribute
            self.comparison = comparison
            self.names = names
            self.typeSet = typeSet
        }
    }

    /// What a term looks at.
    public struct Attribute: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        public static let user = Attribute(rawValue: 1)
        public static let role = Attribute(rawValue: 2)
        public static let type = Attribute(rawValue: 4)
        /// Of the target, not the source.
        public static let target = Attribute(rawValue: 8)
        /// Of the process that relabels; only in a validatetrans.
        public static let relabellingProcess = Attribute(rawValue: 16)
        public static let lowLow = Attribute(rawValue: 32)
        public static let lowHigh = Attribute(rawValue: 64)
        public static let highLow = Attribute(rawValue: 128)
        public static let highHigh = Attribute(rawValue: 256)
        public static let sourceLowHigh = Attribute(rawValue: 512)
        public static let targetLowHigh = Attribute(rawValue: 1_024)
    }

    /// A set of types as written: what it takes, and what it takes away. Compiled policies leave `excluded` and
    /// `flags` empty.
    public struct TypeSet: Hashable, Sendable {
        public var included: Bitmap
        public var excluded: Bitmap
        public var flags: UInt32

        public init(included: Bitmap = [], excluded: Bitmap = [], flags: UInt32 = 0) {
            self.included = included
            self.excluded = excluded
            self.flags = flags
        }
    }
}
