import Flask

/// What an assertion is about, by the numbers of a policy.
struct AssertedAccess {
    enum Parties {
        case types(source: Bitmap, target: AssertedTypes)
        case contexts(source: [SecurityContext], target: [SecurityContext])
    }

    struct Class {
        let number: Int
        /// Those that are asserted; 0 for a transition.
        let permissions: UInt32
    }

    enum Result {
        case type(UInt32)
        case context(SecurityContext)
    }

    let parties: Parties
    let classes: [Class]
    let result: Result?
    let booleans: AssertedValues
}
