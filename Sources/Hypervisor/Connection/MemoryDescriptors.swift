import Flask

/// The memories that a connection's client has been handed, by numbers: each is handed out once, when it is named first.
struct MemoryDescriptors: Sendable {
    /// No reply brings more.
    static let mostAtOnce = 4

    private struct Key: Hashable {
        let memory: ObjectIdentifier
        let isWritable: Bool
    }

    private var numbers: [Key: UInt32] = [:]
    /// What has a number stays, so that no other memory can be taken for it.
    private var memories: [SharedMemory] = []

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
                if let known = numbers[key] {
                    memory = known
                } else {
                    guard reply.descriptors.count < Self.mostAtOnce else {
                        answered = run.start
                        break
                    }
                    memories.append(shared)
                    memory = UInt32(memories.count)
                    numbers[key] = memory
                    reply[2 + reply.descriptors.count] = UInt64(memory)
                    try reply.descriptors.append(isWritable ? shared.descriptor : shared.readOnlyDescriptor())
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
