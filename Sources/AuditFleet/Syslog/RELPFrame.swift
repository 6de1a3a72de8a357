/// What both sides of RELP say to each other: `NUMBER COMMAND LENGTH DATA` and a line's end.
struct RELPFrame: Hashable {
    /// Of numbers, commands and lengths.
    static let greatestTransaction = 999_999_999

    var transaction: Int
    var command: String
    var data: [UInt8]

    var bytes: [UInt8] {
        Array("\(transaction) \(command) \(data.count)".utf8) + (data.isEmpty ? [] : [0x20]) + data + [0x0A]
    }
}
