public import Diagnostics

/// The m4 macro language as policies use it, inside the compiler's process.
///
/// The text that comes out equals what GNU m4 1.4.19 writes for the same files, and each of its bytes knows where
/// an author wrote it and through which macro calls it came:
///
/// - text of a macro's body stands where the body was written, in the frame of the call;
/// - text that a body received as an argument stands where the author wrote the argument, in the frame of the call;
/// - text that passes a built-in macro (`ifdef`, `ifelse`, `shift`, `substr`) keeps its place and its frame;
/// - text made by a built-in macro (`eval`, `len`, `format`) stands at the name of its call, and so does each
///   further word in it;
/// - sync lines and the values of ``Options/definitions`` have no position.
///
/// Only calls of macros that the policy defines become expansions of the source map. Macros that would run a
/// program or make a file are refused with an error.
public enum MacroProcessor {
    /// What the m4 command line says.
    public struct Options: Sendable {
        /// Macros to define beforehand, in order: `-D name=value`.
        public var definitions: [(name: String, value: String)] = []
        /// Whether to write `#line` lines that tie the output to its source: `-s`.
        public var syncLines = false
        /// Whether what m4 warns about is an error: `-E -E`. Unlike there, the run goes on.
        public var warningsAreErrors = false
        /// Where to look for included files that are not found as they are written: `-I`.
        public var includeDirectories: [String] = []
        /// Where m4 would run: what relative names of included files are relative to.
        public var directory = ""
        public var limits = MacroLimits()

        public init(
            definitions: [(name: String, value: String)] = [], syncLines: Bool = false,
            warningsAreErrors: Bool = false, includeDirectories: [String] = [], directory: String = "",
            limits: MacroLimits = MacroLimits()
        ) {
            self.definitions = definitions
            self.syncLines = syncLines
            self.warningsAreErrors = warningsAreErrors
            self.includeDirectories = includeDirectories
            self.directory = directory
            self.limits = limits
        }
    }

    /// Expands the files one after the other into one text, as `m4 FILE…` does.
    ///
    /// A macro call or a quoted string ends in the file in which it begins. Included files are asked of `reader`
    /// and added to `map`, and so are the macro calls that the text went through.
    public static func expand(
        _ inputs: [SourceFile], options: Options = Options(), reader: some SourceReader, map: inout SourceMap
    ) -> MacroResult {
        let size = inputs.reduce(0) { $0 + $1.bytes.count + 1 }
        var engine = MacroEngine(options: options, map: map, inputBytes: size)
        // The engine holds the only reference from here on, so that adding to it does not copy it.
        map = SourceMap()
        for file in inputs where !engine.stopped {
            engine.begin(file)
            engine.answerRequests(with: reader)
        }
        while engine.nextWrapUp() {
            engine.answerRequests(with: reader)
        }
        return engine.finish(into: &map)
    }
}
