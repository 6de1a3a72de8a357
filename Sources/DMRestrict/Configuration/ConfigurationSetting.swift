/// A name and what it is set to.
public struct ConfigurationSetting: Hashable, Sendable {
    public let name: String
    /// The name's.
    public let position: ConfigurationPosition
    public let value: ConfigurationValue
    /// Whether it is written with `+=`.
    public let isAddition: Bool
}
