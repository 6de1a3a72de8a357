/// An option of a command line.
public protocol CommandOption: CaseIterable {
    /// The letter behind one dash; by default `h` for `--help`, and none for others.
    var letter: Character? { get }
    /// The name behind two dashes.
    var name: String? { get }
    /// What the value is called in the help; nil for an option without one.
    var value: String? { get }
    /// Whether the value may be left out; it is given as `--name=value` only.
    var valueIsOptional: Bool { get }
    /// What it does, for the help: one line or a few.
    var help: String { get }
}

extension CommandOption {
    public var letter: Character? { name == "help" ? "h" : nil }
    public var valueIsOptional: Bool { false }
}
