/// How a record's number says where it stands: 23 bits for the boot, 40 for the place in the boot.
enum RecordPlace {
    static let bits: Int64 = 40
    static let bootLimit: Int64 = 1 << 22
    /// Between the stretches of a boot, so that each can grow.
    static let gap: Int64 = 1 << 20
    /// Records of one block, for which sums are kept.
    static let blockBits: Int64 = 12

    static func first(of boot: Int64) -> Int64 { boot << bits }
    static func boot(of record: Int64) -> Int64 { record >> bits }
    static func sequence(of record: Int64) -> Int64 { record & (1 << bits - 1) }
    static func block(of record: Int64) -> Int64 { record >> blockBits }
    static func records(of block: Int64) -> Range<Int64> { block << blockBits..<(block + 1) << blockBits }
}
