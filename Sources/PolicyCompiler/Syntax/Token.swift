/// One token of the policy language, where it stands, and the identifier that it spells if it spells one.
struct Token: Sendable {
    enum Kind: Hashable, Sendable {
        case end
        case identifier
        case keyword(Keyword)
        case number
        /// Letters and digits that begin with a digit: a file system's name such as `9p`.
        case filesystem
        case ipv4, ipv4Block, ipv6, ipv6Block
        case version
        /// A network interface's name with `*` or `?` in it.
        case interfaceName
        case path, quotedPath, fileName
        case comma, colon, semicolon, dot, minus, tilde, star, bar
        case leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
        case equal, notEqual, and, or, not, xor
        case invalid
    }

    let kind: Kind
    let identifier: Identifier
    let offset: UInt32
    let length: UInt32

    var end: Int { Int(offset) + Int(length) }
}
