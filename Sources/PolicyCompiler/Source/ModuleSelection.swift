/// Which modules of a tree take part.
public enum ModuleSelection: Hashable, Sendable {
    /// Those that are `on` in `modules.conf`.
    case asConfigured
    /// These, in this order, whatever `modules.conf` says.
    case only([String])
    /// Those of `modules.conf`, with some more at the end, and without others.
    case changed(on: [String], off: [String])

    /// Reads `a,b` as exactly these modules, and `+a,-b` as changes; nil when both are mixed, or a name is missing.
    public init?(_ text: String) {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !words.contains(where: { ["", "+", "-"].contains($0) }) else { return nil }
        let on = words.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }
        let off = words.filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) }
        if on.isEmpty, off.isEmpty {
            self = .only(words)
        } else if on.count + off.count == words.count {
            self = .changed(on: on, off: off)
        } else {
            return nil
        }
    }

    /// The modules that it puts in.
    var added: [String] {
        switch self {
        case .asConfigured: []
        case .only(let modules): modules
        case .changed(let on, _): on
        }
    }

    func apply(to configured: [String]) -> [String] {
        switch self {
        case .asConfigured: configured
        case .only(let modules): modules
        case .changed(let on, let off):
            configured.filter { !off.contains($0) } + on.filter { !configured.contains($0) }
        }
    }
}
