/// Why a text names no device.
public struct LabelMistake: Error, Hashable, Sendable {
    /// What to tell the user.
    public let message: String

    init(_ message: String) {
        self.message = message
    }
}
