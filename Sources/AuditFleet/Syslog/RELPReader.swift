/// Puts frames together from what comes, and takes nothing that is none.
struct RELPReader {
    /// No answer is longer.
    static let dataLimit = 1 << 16

    struct Mistake: Error, Hashable {
        var detail: String
    }

    private var bytes: [UInt8] = []

    mutating func take(_ piece: [UInt8]) { bytes += piece }

    /// The next frame; nil while it is not there as a whole.
    mutating func next() throws(Mistake) -> RELPFrame? {
        var place = 0
        guard let transaction = try number(&place, "a number of a transaction"), let command = try word(&place) else { return nil }
        guard let length = try number(&place, "a length", mayEnd: true) else { return nil }
        guard length <= Self.dataLimit else { throw Mistake(detail: "it says that it will send \(length) bytes at once") }
        // A length of zero ends with the line, or with a blank before it.
        if bytes[place - 1] == 0x0A {
            guard length == 0 else { throw Mistake(detail: "a line ends before its \(length) bytes") }
        } else {
            guard bytes.count > place + length else { return nil }
            guard bytes[place + length] == 0x0A else { throw Mistake(detail: "what it sends does not end where it said") }
        }
        let data = Array(bytes[place..<place + length])
        let end = bytes[place - 1] == 0x0A && length == 0 ? place : place + length + 1
        bytes.removeSubrange(..<end)
        return RELPFrame(transaction: transaction, command: command, data: data)
    }

    private func number(_ place: inout Int, _ what: String, mayEnd: Bool = false) throws(Mistake) -> Int? {
        var value = 0
        let start = place
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where place - start <= 9: value = value * 10 + Int(byte - UInt8(ascii: "0"))
            case 0x20 where place - start > 1: return value
            case 0x0A where mayEnd && place - start > 1: return value
            default: throw Mistake(detail: "it sends no \(what.dropFirst(2)) where one is to be")
            }
        }
        return nil
    }

    private func word(_ place: inout Int) throws(Mistake) -> String? {
        let start = place
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                guard place - start <= 32 else { throw Mistake(detail: "it sends a command that has no end") }
            case 0x20 where place - start > 1: return String(decoding: bytes[start..<place - 1], as: UTF8.self)
            default: throw Mistake(detail: "it sends no command where one is to be")
            }
        }
        return nil
    }
}
