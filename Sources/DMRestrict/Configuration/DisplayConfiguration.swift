/// What a domain's screen is shown by.
public struct DisplayConfiguration: Hashable, Sendable {
    /// The graphics card that is emulated.
    public enum Card: String, Hashable, Sendable, CaseIterable {
        case standard = "stdvga"
        case cirrus, none, qxl
    }

    /// Nil where the tool stack chooses.
    public internal(set) var card: Card?
    /// MiB.
    public internal(set) var videoMemory: Int?
    /// Whether there is a VNC server; nil where the tool stack chooses.
    public internal(set) var isVNC: Bool?
    /// Its address; with `:` and its number it is the whole of it.
    public internal(set) var vncAddress: String?
    /// Its number, which is its port above 5900.
    public internal(set) var vncNumber: Int?
    /// Whether a number that is in use is passed over.
    public internal(set) var vncFindsUnused: Bool?
    public internal(set) var vncPassword: String?
    public internal(set) var isSDL: Bool?
    public internal(set) var keymap: String?
}
