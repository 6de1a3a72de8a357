import Flask

/// From where to where information is not to go.
struct AssertedFlow {
    let sources: [NamePattern]
    let targets: [NamePattern]
    /// What it may go through.
    let excluded: [NamePattern]
    /// The types between which it is not to go, and those that it may go through, as indices.
    let ends: Bitmap
    let trusted: Bitmap
    let booleans: AssertedValues
}
