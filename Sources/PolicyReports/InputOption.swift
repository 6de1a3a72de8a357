public import Arguments
import Flask
public import PolicyAnalysis
import PolicyCompiler

/// An option about how the policy is read; every command that asks one has them.
public enum InputOption: CommandOption, Sendable {
    case mls, release, modules, define

    public var letter: Character? {
        switch self {
        case .mls: "M"
        case .define: "D"
        default: nil
        }
    }

    public var name: String? {
        switch self {
        case .mls: "mls"
        case .release: "xen-release"
        case .modules: "modules"
        case .define: "define"
        }
    }

    public var value: String? {
        switch self {
        case .mls: nil
        case .release: "R"
        case .modules: "LIST"
        case .define: "NAME[=VALUE]"
        }
    }

    public var help: String {
        switch self {
        case .mls: "with the MLS part of a tree"
        case .release: "the release of Xen that a tree is for, and whose names an image's initial SIDs get"
        case .modules: "modules of a tree: `a,b` for just these, `+a,-b` to change modules.conf"
        case .define: "define a macro for a tree"
        }
    }
}

extension InputOptions {
    /// Throws ``UsageError`` for a value that is none.
    public mutating func set(_ option: InputOption, _ value: String) throws(UsageError) {
        switch option {
        case .mls: isMLS = true
        case .release:
            guard let known = XenRelease(value) else { throw UsageError(message: XenRelease.whyUnknown(value)) }
            release = known
        case .modules:
            guard !value.split(separator: ",", omittingEmptySubsequences: false).contains(where: { ["", "+", "-"].contains($0) }) else {
                throw UsageError(message: "`\(value)` has a module without a name")
            }
            guard let selection = ModuleSelection(value) else {
                throw UsageError(message: "`\(value)` mixes modules with changes: say `a,b` or `+a,-b`")
            }
            modules = selection
        case .define:
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            definitions.append((String(parts[0]), parts.count == 2 ? String(parts[1]) : ""))
        }
    }
}
