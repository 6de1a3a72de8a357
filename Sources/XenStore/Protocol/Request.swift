/// A message of a client.
struct Request {
    let header: MessageHeader
    let payload: ArraySlice<UInt8>

    /// The whole payload as one string: a zero at its end, and nowhere else.
    func onlyString() throws(XenStoreError) -> ArraySlice<UInt8> {
        guard let zero = payload.firstIndex(of: 0), zero == payload.endIndex - 1 else { throw .invalidArgument }
        return payload[..<zero]
    }

    /// The first string, and what lies behind its zero.
    func firstString() throws(XenStoreError) -> (string: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
        guard let zero = payload.firstIndex(of: 0) else { throw .invalidArgument }
        return (payload[..<zero], payload[(zero + 1)...])
    }

    /// All strings that end with a zero. What lies behind the last one says nothing. More than a few dozen are never wanted.
    func strings() -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var rest = payload
        while let zero = rest.firstIndex(of: 0) {
            result.append(rest[..<zero])
            rest = rest[(zero + 1)...]
        }
        return result
    }
}

/// A decimal number as requests hold it: digits, and nothing else; nil when it is none or exceeds `maximum`.
func decimal(_ text: some Collection<UInt8>, maximum: Int) -> Int? {
    guard !text.isEmpty, text.count <= 10 else { return nil }
    var value = 0
    for byte in text {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value <= maximum ? value : nil
}
