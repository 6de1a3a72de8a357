import Flask

/// The permissions of a class of two policies, matched by name: a bit for each, those of the first where they are, those that
/// only the second has in the upper half.
struct JointPermissions: Sendable {
    /// By joint bit.
    private(set) var names = [Name?](repeating: nil, count: 64)
    private(set) var ofFirst: UInt64 = 0
    private(set) var ofSecond: UInt64 = 0
    /// For each bit of the second the joint one.
    private var places = [UInt8](repeating: 0, count: 32)
    private var isPlain = true

    init(_ first: [PermissionTable.Permission], _ second: [PermissionTable.Permission]) {
        for permission in first where (1...32).contains(permission.number) {
            names[Int(permission.number) - 1] = permission.name
            ofFirst |= 1 << UInt64(permission.number - 1)
        }
        for permission in second where (1...32).contains(permission.number) {
            let bit = Int(permission.number) - 1
            var place = bit
            if names[bit] != permission.name || ofFirst >> UInt64(bit) & 1 == 0 {
                place = names[..<32].firstIndex(of: permission.name) ?? bit + 32
                isPlain = false
            }
            names[place] = permission.name
            places[bit] = UInt8(place)
            ofSecond |= 1 << UInt64(place)
        }
    }

    /// Bits without a name mean nothing.
    func joint(first vector: UInt32) -> UInt64 { UInt64(vector) & ofFirst }

    func joint(second vector: UInt32) -> UInt64 {
        if isPlain { return UInt64(vector) & ofSecond }
        var result: UInt64 = 0
        for bit in 0..<32 where vector >> UInt32(bit) & 1 == 1 { result |= 1 << UInt64(places[bit]) & ofSecond }
        return result
    }

    func names(_ vector: UInt64) -> [Name] {
        (0..<64).compactMap { vector >> UInt64($0) & 1 == 1 ? names[$0] : nil }
    }
}
