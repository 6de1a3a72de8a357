/// A macro that a tree's interface files (`.if`) define for its modules to call, such as Xen's `create_domain(dom0_t, domU_t)`.
package struct PolicyInterface: Hashable, Sendable {
    package let name: String
    /// The file that defines it.
    package let file: String
    /// How many arguments its body looks at by number.
    package let parameters: Int

    package init(name: String, file: String, parameters: Int) {
        self.name = name
        self.file = file
        self.parameters = parameters
    }

    /// The definitions in an interface file, in order: `define(`name', `…')`, and in SELinux's way `interface(`name', `…')`.
    static func definitions(in bytes: [UInt8], file: String) -> [PolicyInterface] {
        var scanner = DefinitionScanner(bytes)
        var found: [PolicyInterface] = []
        while let (name, body) = scanner.next() {
            found.append(PolicyInterface(name: name, file: file, parameters: parameters(bytes[body])))
        }
        return found
    }

    /// The highest number behind a `$`; a body that hands all on (`$@`) is taken to look at one at least.
    private static func parameters(_ body: ArraySlice<UInt8>) -> Int {
        var highest = 0
        var isAfterDollar = false
        for byte in body {
            if isAfterDollar {
                switch byte {
                case UInt8(ascii: "1")...UInt8(ascii: "9"): highest = max(highest, Int(byte - UInt8(ascii: "0")))
                case UInt8(ascii: "@"), UInt8(ascii: "*"): highest = max(highest, 1)
                default: break
                }
            }
            isAfterDollar = byte == UInt8(ascii: "$")
        }
        return highest
    }
}

/// Finds the definitions of macros that stand by themselves, outside of quotes and comments.
private struct DefinitionScanner {
    private let bytes: [UInt8]
    private var place = 0

    private static let words = ["define", "interface", "template"].map { Array($0.utf8) }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next one's name, and where its body stands.
    mutating func next() -> (name: String, body: Range<Int>)? {
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "#") {
                skipComment()
            } else if byte == UInt8(ascii: "`") {
                skipQuoted()
            } else if MacroSyntax.isWordStart(byte) {
                let start = place
                while place < bytes.count, MacroSyntax.isWordStart(bytes[place]) || MacroSyntax.isDigit(bytes[place]) { place += 1 }
                guard place < bytes.count, bytes[place] == UInt8(ascii: "("), Self.words.contains(where: { $0.elementsEqual(bytes[start..<place]) })
                else { continue }
                place += 1
                if let name = quotedName() { return (name, skipCall()) }
            } else {
                place += 1
            }
        }
        return nil
    }

    private mutating func skipComment() {
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
    }

    private mutating func skipQuoted() {
        var depth = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "`") { depth += 1 }
            if bytes[place] == UInt8(ascii: "'") { depth -= 1 }
            place += 1
            if depth == 0 { return }
        }
    }

    private mutating func quotedName() -> String? {
        while place < bytes.count, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\t") || bytes[place] == UInt8(ascii: "\n") { place += 1 }
        guard place < bytes.count, bytes[place] == UInt8(ascii: "`") else { return nil }
        let start = place + 1
        var end = start
        while end < bytes.count, MacroSyntax.isWordStart(bytes[end]) || MacroSyntax.isDigit(bytes[end]) { end += 1 }
        guard end > start, end < bytes.count, bytes[end] == UInt8(ascii: "'"), !MacroSyntax.isDigit(bytes[start]) else { return nil }
        place = end + 1
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// To behind the call's closing parenthesis.
    private mutating func skipCall() -> Range<Int> {
        let start = place
        var depth = 1
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "`"):
                skipQuoted()
                continue
            case UInt8(ascii: "#"):
                skipComment()
                continue
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            default: break
            }
            place += 1
            if depth == 0 { return start..<place - 1 }
        }
        return start..<place
    }
}
