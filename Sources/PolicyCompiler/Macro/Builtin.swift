/// The macros that exist without being defined.
enum Builtin: UInt8, CaseIterable {
    case file, line, program, builtin, changecom, changequote, debugfile, debugmode, decr, define, defn, divert
    case divnum, dnl, dumpdef, errprint, esyscmd, eval, format, ifdef, ifelse, include, incr, index, indir, len
    case m4exit, m4wrap, maketemp, mkstemp, patsubst, popdef, pushdef, regexp, shift, sinclude, substr, syscmd
    case traceoff, traceon, translit, undefine, undivert

    /// In the order of the cases. Asking the runtime for a case's name takes longer than expanding a small policy.
    private static let names = [
        "__file__", "__line__", "__program__", "builtin", "changecom", "changequote", "debugfile", "debugmode", "decr",
        "define", "defn", "divert", "divnum", "dnl", "dumpdef", "errprint", "esyscmd", "eval", "format", "ifdef", "ifelse",
        "include", "incr", "index", "indir", "len", "m4exit", "m4wrap", "maketemp", "mkstemp", "patsubst", "popdef",
        "pushdef", "regexp", "shift", "sinclude", "substr", "syscmd", "traceoff", "traceon", "translit", "undefine",
        "undivert",
    ]

    var name: String { Self.names[Int(rawValue)] }

    static let byName: [String: Builtin] = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// Whether the name without arguments is just a word.
    var needsArguments: Bool {
        switch self {
        case .file, .line, .program, .changecom, .changequote, .debugfile, .debugmode, .divert, .divnum, .dnl,
            .dumpdef, .m4exit, .traceoff, .traceon, .undivert:
            false
        default:
            true
        }
    }

    /// Whether a built-in macro, as `defn` names it, can be its argument; others see an empty one.
    var takesBuiltins: Bool {
        switch self {
        case .builtin, .define, .indir, .pushdef: true
        default: false
        }
    }
}
