import Flask

/// What processors can do, as `cpuid` and model specific registers tell it.
struct CPUPolicy: Hashable, Sendable {
    struct Leaf: Hashable, Sendable {
        var leaf: UInt32
        /// All ones where the leaf has none.
        var subleaf: UInt32
        var a: UInt32
        var b: UInt32
        var c: UInt32
        var d: UInt32
    }

    struct Register: Hashable, Sendable {
        var index: UInt32
        var value: UInt64
    }

    /// In ascending order.
    private(set) var leaves: [Leaf]
    private(set) var registers: [Register]

    /// How many there are at most, of either (Xen, xen/include/xen/lib/x86/cpuid.h and msr.h).
    static let maximumLeaves: UInt32 = 120
    static let maximumRegisters: UInt32 = 2

    /// A machine whose processors do what the first of their kind did.
    static let machine = CPUPolicy(
        leaves: [
            Leaf(leaf: 0, subleaf: .max, a: 0xd, b: 0x756e_6547, c: 0x6c65_746e, d: 0x4965_6e69),
            Leaf(leaf: 1, subleaf: .max, a: 0x0006_06f1, b: 0, c: 0x8000_2001, d: 0x078b_fbff),
            Leaf(leaf: 7, subleaf: 0, a: 0, b: 0, c: 0, d: 0),
            Leaf(leaf: 0xd, subleaf: 0, a: 3, b: 576, c: 576, d: 0),
            Leaf(leaf: 0x8000_0000, subleaf: .max, a: 0x8000_0008, b: 0, c: 0, d: 0),
            Leaf(leaf: 0x8000_0001, subleaf: .max, a: 0, b: 0, c: 1, d: 0x2010_0800),
            Leaf(leaf: 0x8000_0008, subleaf: .max, a: 0x302e, b: 0, c: 0, d: 0),
        ],
        registers: [Register(index: 0xce, value: 0), Register(index: 0x10a, value: 0)])

    /// The words of the feature set, in Xen's order (xen/include/public/arch-x86/cpufeatureset.h).
    var features: [UInt32] {
        var words = [UInt32](repeating: 0, count: Self.featureWords)
        for leaf in leaves {
            switch (leaf.leaf, leaf.subleaf) {
            case (1, _): (words[0], words[1]) = (leaf.d, leaf.c)
            case (0x8000_0001, _): (words[2], words[3]) = (leaf.d, leaf.c)
            case (0xd, 1): words[4] = leaf.a
            case (7, 0): (words[5], words[6], words[9]) = (leaf.b, leaf.c, leaf.d)
            case (0x8000_0007, _): words[7] = leaf.d
            case (0x8000_0008, _): words[8] = leaf.b
            case (7, 1): (words[10], words[12]) = (leaf.a, leaf.b)
            case (0x8000_0021, _): words[11] = leaf.a
            default: break
            }
        }
        return words
    }

    static let featureWords = 14

    /// Whether Xen has a place for a leaf.
    static func isKnown(_ leaf: UInt32, _ subleaf: UInt32) -> Bool {
        switch leaf {
        case 4: subleaf <= 5
        case 7: subleaf <= 2
        case 0xb: subleaf <= 1
        case 0xd: subleaf <= 62
        case 0...0xd, 0x4000_0000, 0x4000_0100, 0x8000_0000...0x8000_0021: subleaf == .max
        default: false
        }
    }

    /// All leaves that there are up to the highest of each kind, as Xen lists them: with zeros where nothing is known, so that who
    /// reads them all can write as many (Xen, xen/lib/x86/cpuid.c: `x86_cpuid_copy_to_buffer`).
    var listed: [Leaf] {
        func leaf(_ number: UInt32, _ subleaf: UInt32 = .max) -> Leaf {
            leaves.first { ($0.leaf, $0.subleaf) == (number, subleaf) }
                ?? Leaf(leaf: number, subleaf: subleaf, a: 0, b: 0, c: 0, d: 0)
        }
        var list: [Leaf] = []
        for number in 0...min(leaf(0).a, 0xd) {
            switch number {
            case 4: list += Self.upToAnEmptyOne((0...5).map { leaf(4, $0) }) { $0.a & 0x1f == 0 }
            case 7: list += (0...min(leaf(7, 0).a, 2)).map { leaf(7, $0) }
            case 0xb: list += Self.upToAnEmptyOne((0...1).map { leaf(0xb, $0) }) { $0.c & 0xff00 == 0 }
            case 0xd:
                let (main, more) = (leaf(0xd, 0), leaf(0xd, 1))
                let states = UInt64(main.a | more.c) | UInt64(main.d | more.d) << 32
                list += [main, more]
                list += (2...62).filter { states >> UInt64($0) != 0 }.map { leaf(0xd, $0) }
            default: list.append(leaf(number))
            }
        }
        list += [leaf(0x4000_0000), leaf(0x4000_0100)]
        return list + (0...min(leaf(0x8000_0000).a & 0xffff, 0x21)).map { leaf(0x8000_0000 | $0) }
    }

    /// The first leaves of a list, the one that says that there are no more included.
    private static func upToAnEmptyOne(_ leaves: [Leaf], _ isEmpty: (Leaf) -> Bool) -> [Leaf] {
        Array(leaves[...(leaves.firstIndex(where: isEmpty) ?? leaves.count - 1)])
    }

    mutating func set(_ leaf: Leaf) {
        let place = leaves.firstIndex { ($0.leaf, $0.subleaf) >= (leaf.leaf, leaf.subleaf) } ?? leaves.count
        if place < leaves.count, (leaves[place].leaf, leaves[place].subleaf) == (leaf.leaf, leaf.subleaf) {
            leaves[place] = leaf
        } else {
            leaves.insert(leaf, at: place)
        }
    }

    mutating func set(_ register: Register) {
        guard let place = registers.firstIndex(where: { $0.index == register.index }) else { return }
        registers[place] = register
    }
}
