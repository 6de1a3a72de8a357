import Arguments

/// An option of the command line.
enum CompileOption: CommandOption {
    case output, target, version, mls, handleUnknown, disableNeverallow, werror
    case binary, conf, cil, optimize, sort
    case release, modules, define, layout, emit, depfile, format, color, errorLimit, noLint, quiet
    case explain, printVersion, toolVersion, help

    /// The letter behind one dash.
    var letter: Character? {
        switch self {
        case .output: "o"
        case .target: "t"
        case .version: "c"
        case .mls: "M"
        case .handleUnknown: "U"
        case .disableNeverallow: "N"
        case .werror: "E"
        case .binary: "b"
        case .conf: "F"
        case .cil: "C"
        case .optimize: "O"
        case .sort: "S"
        case .printVersion: "V"
        case .define: "D"
        case .quiet: "q"
        case .help: "h"
        default: nil
        }
    }

    /// The name behind two dashes.
    var name: String? {
        switch self {
        case .output: "output"
        case .target: "target"
        case .version: nil
        case .mls: "mls"
        case .handleUnknown: "handle-unknown"
        case .disableNeverallow: "disable-neverallow"
        case .werror: "werror"
        case .binary: "binary"
        case .conf: "conf"
        case .cil: "cil"
        case .optimize: "optimize"
        case .sort: "sort"
        case .release: "xen-release"
        case .modules: "modules"
        case .define: "define"
        case .layout: "layout"
        case .emit: "emit"
        case .depfile: "depfile"
        case .format: "format"
        case .color: "color"
        case .errorLimit: "error-limit"
        case .quiet: "quiet"
        case .noLint: "no-lint"
        case .explain: "explain"
        case .printVersion: nil
        case .toolVersion: "version"
        case .help: "help"
        }
    }

    /// What the value is called in the help; nil for an option without one.
    var value: String? {
        switch self {
        case .output, .emit, .depfile: "FILE"
        case .target: "TARGET"
        case .version: "N"
        case .handleUnknown: "deny|reject|allow"
        case .release: "R"
        case .modules: "LIST"
        case .define: "NAME[=VALUE]"
        case .layout: "3.5|3.6"
        case .format: "text|json|sarif"
        case .color: "auto|always|never"
        case .errorLimit: "N"
        case .explain: "CODE"
        default: nil
        }
    }

    var help: String {
        switch self {
        case .output: "write the result there; `-` is the standard output"
        case .target: "whose kernel the policy is for: Xen or SELinux"
        case .version: "the version of the binary: 24 or 30 for Xen, 15 to 35 for SELinux"
        case .mls: "the policy has MLS"
        case .handleUnknown: "what the kernel does about unknown classes"
        case .disableNeverallow: "check neither neverallow rules nor bounds"
        case .werror: "warnings that checkpolicy has too are errors"
        case .binary: "INPUT is a binary: check it, and with `-o` write it again"
        case .conf: "with -b and -o: write the policy.conf of the binary"
        case .cil: "with -o: write CIL, SELinux's language, of a source or of a binary"
        case .optimize: "leave out rules that others imply"
        case .sort: "sort the contexts of devices and of the network"
        case .release: "the release of Xen that the policy is for, such as 4.17"
        case .modules: "modules of a tree: `a,b` for just these, `+a,-b` to change modules.conf"
        case .define: "define a macro for a tree"
        case .layout: "the order in the binary: that of checkpolicy up to 3.5, or since 3.6 (default)"
        case .emit: "write the text after macro expansion, with #line markers"
        case .depfile: "write a make dependency file"
        case .format: "how messages are written"
        case .color: "colour in messages"
        case .errorLimit: "stop after so many errors; 0 finds all (default 100)"
        case .quiet: "tell nothing of what was written, only what is wrong"
        case .noLint: "do not look for what compiles and then misbehaves"
        case .explain: "tell more about a message, such as unknown-type"
        case .printVersion: "print the range of versions, as checkpolicy does"
        case .toolVersion: "print which version of this tool it is"
        case .help: "print this"
        }
    }
}
