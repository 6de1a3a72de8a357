/// One macro call on the way from an author's line to the text that was compiled.
public struct MacroExpansion: Hashable, Sendable {
    /// Names an expansion of a ``SourceMap``; `none` is text that no macro produced.
    public struct ID: Hashable, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        public static let none = ID(rawValue: 0)
    }

    /// The macro's name, as an index into the source map's macro names.
    public let macro: UInt32
    /// Where the call's name is written.
    public let call: SourcePosition
    /// The call that produced this call, or `none` where an author wrote it in a file.
    public let parent: ID

    public init(macro: UInt32, call: SourcePosition, parent: ID) {
        self.macro = macro
        self.call = call
        self.parent = parent
    }
}
