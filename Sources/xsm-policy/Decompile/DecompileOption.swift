import Arguments

/// An option of `xsm-policy decompile`.
enum DecompileOption: String, CommandOption {
    case output

    var letter: Character? { "o" }
    var name: String? { rawValue }
    var value: String? { "FILE" }
    var help: String { "write it there; `-` is the standard output" }
}
