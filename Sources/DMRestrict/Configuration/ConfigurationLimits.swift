/// How much a configuration may be.
public enum ConfigurationLimits {
    public static let bytes = 1 << 20
    /// Lists within each other.
    public static let depth = 16
    /// Strings and lists in all.
    public static let values = 1 << 14
}
