import Flask

/// The memories that a connection's client has been handed, by numbers: each is handed out once, when it is named first.
struct MemoryDescriptors: Sendable {
    /// No reply brings more.
    static let mostAtOnce = 4

    private struct Key: Hashable {
        let memory: ObjectIdentifier
        let isWritable: Bool
    }

    /// A memory that is gone has no number any more, also where another has come to lie at its place: clients that share and let
    /// go over and over do not have the daemon keep what they shared.
    private struct Handed {
        weak var memory: SharedMemory?
        let number: UInt32
    }

    private var numbers: [Key: Handed] = [:]
    private var lastNumber: UInt32 = 0
    /// As soon as there are so many, those that are gone are forgotten.
    private var limit = 64

    /// The number of a memory that the client has.
    private func number(of memory: SharedMemory, _ key: Key) -> UInt32? {
        numbers[key].flatMap { $0.memory === memory ? $0.number : nil }
    }

    /// A number for a memory that it is handed now.
    private mutating func add(_ memory: SharedMemory, _ key: Key) -> UInt32 {
        if numbers.count >= limit {
            numbers = numbers.filter { $0.value.memory != nil }
            limit = max(64, 2 * numbers.count)
        }
        lastNumber &+= 1
        numbers[key] = Handed(memory: memory, number: lastNumber)
        return lastNumber
    }

    /// Says in a reply where runs lie: 24 bytes for each. Where they lie in more memories than a reply can bring, only the first
    /// ones are told of, and the client asks again.
    mutating func tell(
        _ runs: [ForeignRun], count: Int, isWritable: Bool, in reply: inout Reply
    ) throws(XenErrorNumber) {
        var answered = count
        var told = ABIStructure(size: runs.count * 24)
        var number = 0
        for run in runs {
            var memory: UInt32 = 0
            if let shared = run.memory {
                let key = Key(memory: ObjectIdentifier(shared), isWritable: isWritable)
                if let known = self.number(of: shared, key) {
                    memory = known
                } else {
                    guard reply.descriptors.count < Self.mostAtOnce else {
                        answered = run.start
                        break
                    }
                    let descriptor = try isWritable ? shared.descriptor : shared.readOnlyDescriptor()
                    memory = add(shared, key)
                    reply[2 + reply.descriptors.count] = UInt64(memory)
                    reply.descriptors.append(descriptor)
                    reply.held.append(shared)
                }
            }
            told.set(UInt32(run.start), at: number * 24)
            told.set(UInt32(run.count), at: number * 24 + 4)
            told.set(run.error?.rawValue ?? 0, at: number * 24 + 8)
            told.set(memory, at: number * 24 + 12)
            told.set(UInt64(run.offset), at: number * 24 + 16)
            number += 1
        }
        reply[0] = UInt64(number)
        reply[1] = UInt64(reply.descriptors.count)
        reply[6] = UInt64(answered)
        reply.payload = Array(told.bytes[..<(number * 24)])
    }
}
