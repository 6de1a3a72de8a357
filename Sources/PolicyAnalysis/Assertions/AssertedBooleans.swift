import Diagnostics

/// What `with` says about the booleans with whose values an assertion holds.
struct AssertedBooleans: Hashable {
    struct Setting: Hashable {
        let name: AssertionNames.Item
        let value: Bool
    }

    enum Others: Hashable {
        /// Whatever values they have.
        case any
        /// The values with which the policy is loaded.
        case first
    }

    var settings: [Setting] = []
    /// Those that are not named; nil where nothing is said.
    var others: Others?
}
