/// The memory in which a client keeps what its hypercalls point to: it is mapped at an address of the client's choice, which
/// matters to nobody but those who follow its pointers.
struct ArenaMemory: CallerMemory {
    let memory: SharedMemory
    let address: UInt64

    private func offset(_ address: UInt64) -> Int? {
        guard address >= self.address, address - self.address <= UInt64(memory.size) else { return nil }
        return Int(address - self.address)
    }

    func read(_ count: Int, at address: UInt64) -> [UInt8]? {
        offset(address).flatMap { memory.read(count, at: $0) }
    }

    func write(_ bytes: [UInt8], at address: UInt64) -> Bool {
        guard let offset = offset(address) else { return false }
        return memory.write(bytes, at: offset)
    }
}
