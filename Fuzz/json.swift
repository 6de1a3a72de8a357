import JSON

/// JSON from any bytes: what is understood is written, and read again as what it was; limits are kept.
func exercise(_ bytes: [UInt8]) {
    let tight = JSONLimits(bytes: 512, depth: 4, values: 32)
    do throws(JSONMistake) {
        let value = try JSONValue(parsing: bytes)
        for isIndented in [false, true] {
            let written = value.bytes(indented: isIndented)
            let again = try? JSONValue(parsing: written)
            claim("what is written is read as what it was", again == value)
            claim("what is written twice is the same", again?.bytes(indented: isIndented) == written)
        }
        guard let small = try? JSONValue(parsing: bytes, limits: tight) else { return }
        claim("under limits it says the same", small == value)
        claim("limits are kept", bytes.count <= 512 && depth(small) <= 4 && count(small) <= 32)
    } catch {
        claim("a mistake lies in the text", (0...bytes.count).contains(error.offset))
        claim("a mistake has words", !error.text.isEmpty)
        claim("under limits nothing more is understood", (try? JSONValue(parsing: bytes, limits: tight)) == nil)
    }
}

/// How many lists and objects lie within each other.
private func depth(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
    case .object(let object): 1 + (object.members.map { depth($0.value) }.max() ?? 0)
    default: 0
    }
}

private func count(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): elements.reduce(1) { $0 + count($1) }
    case .object(let object): object.members.reduce(1) { $0 + count($1.value) }
    default: 1
    }
}
