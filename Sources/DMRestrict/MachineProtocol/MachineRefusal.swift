/// What a device model says when it does not do what it is asked: its words, cut and without control characters, so that they
/// can be shown.
public struct MachineRefusal: Error, Hashable, Sendable {
    /// QEMU's class of errors: `GenericError`, `CommandNotFound`, `DeviceNotFound`…
    public let kind: String
    public let description: String

    init(kind: String, description: String) {
        self.kind = Self.shown(kind, limit: 64)
        self.description = Self.shown(description, limit: 512)
    }

    private static func shown(_ text: String, limit: Int) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }
}
