import Flask
import Glibc
import Synchronization
import Threading

@testable import Hypervisor

/// Device-model operations through a handle of `libxencall`, whose memory is the real shared one. Somebody else changes it all
/// the time: what was looked at once may be something else when it is looked at again.
///
/// The first byte says what machine it is and whether the handle is restricted. Each operation is three bytes (number, how, how
/// long) and what is behind its header.
func exercise(_ bytes: [UInt8]) {
    var input = ByteReader(bytes)
    let choice = input.byte()
    guard let machine = FuzzedMachine(choice), let caller = machine.hypervisor.domain(choice & 64 == 0 ? 0 : 3),
        let guest = machine.hypervisor.domain(1), var handle = try? CallHandle(machine.hypervisor, caller, nil)
    else { return claim("there is no handle", false) }
    _ = try? handle.answer(Request(.arena, [Shared.address]))
    if choice & 128 != 0 { _ = try? handle.answer(Request(.restrict, [1])) }
    Vandal.attack(handle.arena)
    for _ in 0..<64 where !input.isAtEnd {
        let (number, how, count) = (input.byte(), input.byte(), Int(input.byte() % 64))
        let payload = input.take(count)
        switch number % 32 {
        case 0...24: operate(UInt32(number % 32), how, payload, &handle)
        case 25...27: emulate(how, payload, machine, caller)
        default: access(how, payload, machine, guest)
        }
    }
    Vandal.attack(nil)
    machine.end()
}

/// Where things lie in the arena.
private enum Shared {
    static let address: UInt64 = 0x10000
    static let list = 0x100
    static let operation = 0x140
    static let buffer = 0x200
    /// All of it.
    static let range = 0x100..<0x280
}

private func operate(_ number: UInt32, _ how: UInt8, _ payload: [UInt8], _ handle: inout CallHandle) {
    var header = ABIStructure(size: 8)
    header.set(number, at: 0)
    header.set(how & 0x80 == 0 ? 0 : 1 as UInt32, at: 4)
    var list = ABIStructure(size: 32)
    list.set(Shared.address + UInt64(Shared.operation), at: 0)
    list.set(UInt64(how & 0x40 == 0 ? 64 : 8 + payload.count), at: 8)
    list.set(Shared.address + UInt64(Shared.buffer), at: 16)
    let second: UInt64 = how & 0x20 == 0 ? 64 : 1 << UInt64(how & 31)
    list.set(second, at: 24)
    _ = handle.arena.write(list.bytes, at: Shared.list)
    _ = handle.arena.write(header.bytes + payload, at: Shared.operation)
    let count = UInt64(how & 3) == 3 ? 2 : UInt64(how & 3)
    let request = Request(
        .hypercall, [HypercallNumber.deviceModel.rawValue, how & 12 == 12 ? 2 : 1, count, Shared.address + UInt64(Shared.list)])
    let result = (try? handle.answer(request))?.result ?? 0
    claim("operation \(number) gives \(result)", result <= 0 && result > -200)
}

/// The emulator writes what it likes to a server's pages.
private func emulate(_ how: UInt8, _ payload: [UInt8], _ machine: FuzzedMachine, _ caller: Domain) {
    guard let client = machine.hypervisor.client(of: caller.number.rawValue, memory: NoMemory()) else { return }
    let pages = try? client.ioRequestPages(of: 1, server: UInt32(how & 7), frame: UInt64(how >> 3 & 1), count: 1)
    for page in pages ?? [] { _ = page.memory.write(payload, at: page.offset) }
    if how & 0x80 != 0 { try? client.notify(UInt32(how >> 4 & 7)) }
}

/// A processor of the guest's reaches a device.
private func access(_ how: UInt8, _ payload: [UInt8], _ machine: FuzzedMachine, _ guest: Domain) {
    var words = ByteReader(payload)
    let request = IORequest(
        kind: IORequest.Kind(rawValue: words.byte()) ?? .memory, address: words.word64(), data: words.word64(),
        count: UInt32(words.word16()), size: UInt32(words.byte()), isRead: how & 4 != 0, isDataPointer: how & 8 != 0,
        goesDown: how & 16 != 0)
    _ = try? machine.hypervisor.send(request, to: guest, processor: UInt32(how & 3), isBuffered: how & 32 != 0)
    _ = try? machine.hypervisor.complete(request, processor: UInt32(how & 3), for: guest)
}

/// A second thread that writes to a client's memory while the first makes calls with it.
private enum Vandal {
    private static let target = Mutex<SharedMemory?>(nil)
    private static let isStarted: Void? = try? Thread.detached {
        var random: UInt64 = 0x9e37_79b9_7f4a_7c15
        while true {
            // The first one is to get on.
            usleep(10)
            guard let memory = target.withLock({ $0 }) else { continue }
            for _ in 0..<64 {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = Shared.range.lowerBound + Int(random >> 33) % Shared.range.count
                // Mostly bits of words that are there, so that they stay likely.
                let old = memory.read(1, at: place)?.first ?? 0
                let bit: UInt8 = 1 << UInt8(truncatingIfNeeded: random >> 50 & 7)
                let new = random >> 62 == 0 ? UInt8(truncatingIfNeeded: random >> 50) : old ^ bit
                _ = memory.write([new], at: place)
            }
        }
    }

    static func attack(_ memory: SharedMemory?) {
        claim("there is no second thread", isStarted != nil)
        target.withLock { $0 = memory }
    }
}
