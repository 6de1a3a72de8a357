/// The text of an expression whose operands come before what joins them. Each part is written once, however deep it is nested.
struct NestedText {
    private enum Piece {
        case text(PolicyText)
        /// What was made before.
        case part(Int)
    }

    private var parts: [[Piece]] = []
    private var stack: [Int] = []

    /// A part of its own.
    mutating func push(_ text: PolicyText) { add([.text(text)]) }

    /// Puts something around the last part.
    mutating func wrap(_ before: PolicyText, _ after: PolicyText) {
        let operand = pop()
        add([.text(before)] + operand + [.text(after)])
    }

    /// Makes one of the last two parts.
    mutating func join(_ before: PolicyText, _ between: PolicyText, _ after: PolicyText) {
        let right = pop()
        let left = pop()
        add([.text(before)] + left + [.text(between)] + right + [.text(after)])
    }

    private mutating func add(_ pieces: [Piece]) {
        stack.append(parts.count)
        parts.append(pieces)
    }

    /// Nothing where there is none.
    private mutating func pop() -> [Piece] { stack.popLast().map { [.part($0)] } ?? [] }

    /// The last part in full.
    var text: PolicyText {
        guard let last = stack.last else { return "" }
        var bytes: [UInt8] = []
        var open: [Piece] = [.part(last)]
        while let piece = open.popLast() {
            switch piece {
            case .text(let text): bytes += text.bytes
            case .part(let place): open += parts[place].reversed()
            }
        }
        return PolicyText(bytes: bytes)
    }
}
