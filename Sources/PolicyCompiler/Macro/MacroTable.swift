/// The names that the texts use and what they stand for.
///
/// Names are numbered. Every word of a file is entered the first time it is read, so that reading it again is one
/// look-up by place; a name's spelling is a stretch of the engine's arena.
struct MacroTable {
    struct Name {
        let offset: UInt32
        let length: UInt32
        let hash: UInt32
        /// The number of the definition in force, or -1.
        var definition: Int32
        /// The source map's number for the name, or 0 when no call was registered yet.
        var mapIndex: UInt32
    }

    /// One meaning of a name.
    struct Definition {
        /// The built-in macro, or `userDefined`.
        var builtin: UInt8
        /// The stretch of `body` that holds the text of a macro that the policy defined.
        var bodyStart: UInt32
        var bodyCount: UInt32
        /// The meaning that `popdef` brings back, or -1.
        var previous: Int32
        /// Calls whose arguments are being collected: the body stays in place until they ended.
        var pending: UInt32
        /// Whether the name alone, without arguments, is just a word.
        var needsArguments: Bool

        static let userDefined: UInt8 = 255
    }

    private(set) var names: [Name] = []
    /// For each name its length times two, plus one when it is defined: all that the scanner needs to know.
    private(set) var info: [UInt32] = []
    private var slots: [UInt32] = Array(repeating: 0, count: 1 << 12)
    var definitions: [Definition] = []
    var body: [BodyPart] = []

    /// Mixes one more byte into a hash.
    @inline(__always)
    static func mix(_ hash: UInt32, _ byte: UInt8) -> UInt32 {
        (hash ^ UInt32(byte)) &* 0x0100_0193
    }

    static let hashSeed: UInt32 = 0x811c_9dc5

    static func hash(_ name: Span<UInt8>) -> UInt32 {
        var hash = hashSeed
        for index in name.indices { hash = mix(hash, name[index]) }
        return hash
    }

    /// The number of a name, or -1.
    func find(_ name: Span<UInt8>, hash: UInt32, in text: Span<UInt8>) -> Int {
        let mask = slots.count - 1
        // Multiplication moves what distinguishes names upwards; fold it back.
        var slot = Int(hash ^ (hash >> 15)) & mask
        while slots[slot] != 0 {
            let candidate = Int(slots[slot]) - 1
            let entry = names[candidate]
            if entry.hash == hash, Int(entry.length) == name.count {
                let offset = Int(entry.offset)
                var index = 0
                while index < name.count, text[offset + index] == name[index] { index += 1 }
                if index == name.count { return candidate }
            }
            slot = (slot + 1) & mask
        }
        return -1
    }

    /// Enters a name that is not there yet.
    mutating func add(offset: Int, length: Int, hash: UInt32) -> Int {
        let number = names.count
        names.append(Name(
            offset: UInt32(offset), length: UInt32(length), hash: hash, definition: -1, mapIndex: 0))
        info.append(UInt32(length) << 1)
        if names.count * 4 > slots.count {
            slots = Array(repeating: 0, count: slots.count * 4)
            for index in names.indices { place(index) }
        } else {
            place(number)
        }
        return number
    }

    private mutating func place(_ number: Int) {
        let mask = slots.count - 1
        let hash = names[number].hash
        var slot = Int(hash ^ (hash >> 15)) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(number + 1)
    }

    mutating func setMapIndex(_ index: UInt32, of name: Int) {
        names[name].mapIndex = index
    }

    /// Gives a name one more meaning, or replaces the one in force.
    mutating func define(_ name: Int, builtin: UInt8, bodyStart: Int, push: Bool) {
        var previous = names[name].definition
        if !push, previous >= 0 {
            previous = definitions[Int(previous)].previous
        }
        definitions.append(Definition(
            builtin: builtin, bodyStart: UInt32(bodyStart), bodyCount: UInt32(body.count - bodyStart),
            previous: previous, pending: 0,
            needsArguments: Builtin(rawValue: builtin)?.needsArguments ?? false))
        setDefinition(Int32(definitions.count - 1), of: name)
    }

    /// Takes the meaning in force away, and with `all` those that it hides too.
    mutating func remove(_ name: Int, all: Bool) {
        let current = names[name].definition
        guard current >= 0 else { return }
        let old = definitions[Int(current)]
        setDefinition(all ? -1 : old.previous, of: name)
        // A definition that was made last goes away with its body: pushdef and popdef come in pairs, by the million.
        if Int(current) == definitions.count - 1, old.pending == 0 {
            if Int(old.bodyStart + old.bodyCount) == body.count { body.removeLast(Int(old.bodyCount)) }
            definitions.removeLast()
        }
    }

    private mutating func setDefinition(_ definition: Int32, of name: Int) {
        names[name].definition = definition
        info[name] = info[name] & ~1 | (definition >= 0 ? 1 : 0)
    }
}

/// One part of a macro's body: text that stands for itself, or a place where arguments go.
struct BodyPart {
    /// The part as it is written, parameters too.
    var offset: UInt32
    var length: UInt32
    var origin: UInt32
    /// The number of an argument, or one of the constants.
    var parameter: Int32

    static let literal: Int32 = -1
    static let count: Int32 = -2
    static let allArguments: Int32 = -3
    static let allArgumentsQuoted: Int32 = -4
}
