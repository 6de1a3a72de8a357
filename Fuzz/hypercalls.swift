import Flask
import Synchronization

@testable import Hypervisor

/// Hypercalls of several domains, one after the other, with any bytes as their structures.
///
/// The first byte says what machine it is. Each call is four bytes (which, by whom, command, how long) and a structure.
func exercise(_ bytes: [UInt8]) {
    var input = ByteReader(bytes)
    guard let machine = FuzzedMachine(input.byte()) else { return }
    for _ in 0..<64 where !input.isAtEnd {
        let (which, whom, command) = (Int(input.byte()), input.byte(), UInt64(input.byte()))
        let structure = input.take(Int(input.byte()))
        let numbers = HypercallNumber.allCases
        if which % 32 < numbers.count {
            call(numbers[which % 32], command, structure, by: whom, machine)
        } else {
            act(which % 32 - numbers.count, command, structure, by: whom, machine)
        }
    }
    machine.end()
}

/// Makes a hypercall with a structure where its arguments point to; `whom` says also how they do.
private func call(_ number: HypercallNumber, _ command: UInt64, _ bytes: [UInt8], by whom: UInt8, _ machine: FuzzedMachine) {
    let argument = FuzzedMachine.argument
    let count = 1 + UInt64(whom >> 4 & 3)
    var structure = bytes
    var words = ByteReader(bytes)
    let arguments: [UInt64]
    switch number {
    case .domainControl:
        let command = DomainControlCommand.allCases[Int(command) % DomainControlCommand.allCases.count]
        structure = padded(ABIStructure(command, of: words.word16()).bytes.prefix(16) + bytes.dropFirst(2), 144)
        arguments = [argument]
    case .systemControl:
        let command = SystemControlCommand.allCases[Int(command) % SystemControlCommand.allCases.count]
        structure = padded(ABIStructure(command).bytes.prefix(8) + bytes, 136)
        arguments = [argument]
    case .platformOperation:
        var header = ABIStructure(size: 8)
        header.set(PlatformCommand.allCases[Int(command) % PlatformCommand.allCases.count].rawValue, at: 0)
        header.set(Hypervisor.platformVersion, at: 4)
        structure = padded(header.bytes + bytes, 136)
        arguments = [argument]
    case .machineCheck: arguments = [argument]
    case .security:
        var header = ABIStructure(size: 8)
        header.set(UInt32(command), at: 0)
        header.set(1 as UInt32, at: 4)
        structure = padded(header.bytes + bytes, 40)
        arguments = [argument]
    case .memoryOperation: arguments = [command & 63 | UInt64(whom >> 6) << 6, argument]
    case .multicall: arguments = [argument, count]
    case .mmuUpdate, .extendedMMU: arguments = [argument, count, 0, UInt64(words.word16())]
    case .updateVirtualAddressMapping, .updateVirtualAddressMappingOfOther:
        arguments = [0, words.word64(), command, UInt64(words.word16())]
    case .grantTable: arguments = [command % 12, argument, count]
    case .console: arguments = [command, UInt64(bytes.count), argument]
    case .virtualProcessor: arguments = [command, count - 1, argument]
    case .hypervisorFilesystem: arguments = [command, argument, UInt64(bytes.count), FuzzedMachine.frames, 64 * count]
    case .argo: arguments = [command, argument, argument + 16 * count, words.word64(), words.word64()]
    case .deviceModel:
        // A header, what is behind it, and for some a second buffer.
        var header = ABIStructure(size: 8)
        header.set(UInt32(command), at: 0)
        structure = header.bytes + bytes
        var list = ABIStructure(size: 32)
        list.set(argument, at: 0)
        list.set(UInt64(structure.count), at: 8)
        list.set(FuzzedMachine.frames, at: 16)
        list.set(64 as UInt64, at: 24)
        _ = machine.memory.write(list.bytes, at: 0x800)
        arguments = [1 + (count - 1) % 2, 1 + count / 2, 0x800]
    default: arguments = [command, argument]
    }
    _ = machine.memory.write(structure, at: argument)
    _ = machine.call(number, arguments, as: UInt16(whom & 3), processor: UInt32(whom >> 2 & 1))
}

private func padded(_ bytes: some Sequence<UInt8>, _ count: Int) -> [UInt8] {
    var bytes = Array(bytes)
    if bytes.count < count { bytes += [UInt8](repeating: 0, count: count - bytes.count) }
    return bytes
}

/// What is no hypercall: somebody writes to memory, or a guest's processor reaches a device.
private func act(_ which: Int, _ command: UInt64, _ bytes: [UInt8], by whom: UInt8, _ machine: FuzzedMachine) {
    var words = ByteReader(bytes)
    switch which {
    case 0, 1: _ = machine.memory.write(Array(bytes.dropFirst(2)), at: UInt64(words.word16()))
    case 2:
        // Any hypercall with any arguments at all.
        let arguments = (0..<5).map { _ in words.word64() }
        let client = machine.hypervisor.client(of: UInt16(whom & 3), memory: machine.memory)
        _ = client?.hypercall(command, arguments)
    case 3:
        guard let domain = machine.hypervisor.domain(1) else { return }
        let request = IORequest(
            kind: IORequest.Kind(rawValue: UInt8(command & 15)) ?? .memory, address: words.word64(), data: words.word64(),
            count: UInt32(words.word16()), size: UInt32(words.byte()), isRead: whom & 4 != 0, isDataPointer: whom & 8 != 0,
            goesDown: whom & 16 != 0)
        _ = try? machine.hypervisor.send(request, to: domain, processor: UInt32(whom & 3), isBuffered: whom & 32 != 0)
        _ = try? machine.hypervisor.complete(request, processor: UInt32(whom & 3), for: domain)
    default:
        // A domain writes to its own grant table.
        machine.hypervisor.machine.withLock { machine in
            guard let state = machine.domains[UInt16(whom & 3)] else { return }
            var grants = state.grants
            let header = UInt32(words.word16()) | UInt32(words.word16()) << 16
            try? grants.write(header, frame: words.word64(), UInt32(command))
            machine.domains[UInt16(whom & 3)]?.grants = grants
        }
    }
}
