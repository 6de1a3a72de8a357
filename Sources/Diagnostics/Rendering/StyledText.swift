/// Output for a terminal: everything that is written is made visible first, so the only escape sequences in it
/// are those of the style.
struct StyledText {
    private(set) var bytes: [UInt8] = []
    /// How many columns the line numbers take that stand left of the bars.
    var gutter = 1
    private let style: TextRenderer.Style

    /// What a piece of text is; the style gives it a look.
    enum Role {
        case plain, strong, gutter, secondary, hint
        case severity(Diagnostic.Severity)

        /// The parameters of the sequence that selects the look (ECMA-48 SGR); nil leaves it as it is.
        fileprivate var attributes: String? {
            switch self {
            case .plain: nil
            case .strong: "1"
            case .gutter, .secondary: "1;34"
            case .hint: "1;32"
            case .severity(.error): "1;31"
            case .severity(.warning): "1;33"
            case .severity(.note): "1;36"
            }
        }
    }

    init(_ style: TextRenderer.Style) {
        self.style = style
    }

    mutating func put(_ text: String, _ role: Role = .plain) {
        styled(role) { VisibleText.append(text, to: &$0) }
    }

    mutating func put(_ excerpt: Excerpt) {
        bytes.append(contentsOf: excerpt.text)
    }

    mutating func put(_ byte: UInt8, times count: Int, _ role: Role = .plain) {
        styled(role) { $0.append(contentsOf: repeatElement(byte, count: max(count, 0))) }
    }

    mutating func space(_ count: Int = 1) {
        put(UInt8(ascii: " "), times: count)
    }

    mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func styled(_ role: Role, _ write: (inout [UInt8]) -> Void) {
        guard style == .ansi, let attributes = role.attributes else { return write(&bytes) }
        bytes.append(contentsOf: "\u{1B}[\(attributes)m".utf8)
        write(&bytes)
        bytes.append(contentsOf: "\u{1B}[0m".utf8)
    }
}
