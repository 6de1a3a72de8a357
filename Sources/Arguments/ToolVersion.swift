/// The version that the tools say they have: they are released together.
public enum ToolVersion {
    public static let current = "0.1.0"
}
