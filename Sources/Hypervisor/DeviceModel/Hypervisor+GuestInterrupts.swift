import Flask
import Synchronization

// What a device model raises in a guest (Xen, xen/arch/x86/hvm/dm.c, irq.c, vmsi.c).

extension Hypervisor {
    /// Sets a line, or routes a link. Throws `EINVAL`.
    func setLine(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let bytes = call.payload.bytes
        let command = call.command
        switch command {
        case .setPCILevel:
            guard bytes[0..<3].allSatisfy({ $0 == 0 }), bytes[3] <= 31, bytes[4] <= 3, bytes[5] <= 1 else {
                throw .invalidArgument
            }
        case .setISALevel: guard bytes[0] <= 15, bytes[1] <= 1 else { throw .invalidArgument }
        default: guard bytes[0] <= 3, bytes[1] <= 15 else { throw .invalidArgument }
        }
        try with(call.domain) { (state) throws(XenErrorNumber) in
            switch command {
            case .setPCILevel: state.deviceModel.lines.set(device: bytes[3], line: bytes[4], bytes[5] == 1)
            case .setISALevel: state.deviceModel.lines.set(isa: bytes[0], bytes[1] == 1)
            default: state.deviceModel.lines.route(bytes[0], to: bytes[1])
            }
        }
    }

    /// Makes a processor take an event as soon as it can. Neither the vector nor the type is looked at. Throws `EINVAL` for a
    /// processor that is none, `EBUSY` while it has one to take.
    func injectEvent(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let payload = call.payload
        guard payload.byte(at: 7) == 0, payload.word32(at: 12) == 0 else { throw .invalidArgument }
        let processor = payload.word32(at: 0)
        try with(call.domain) { (state) throws(XenErrorNumber) in
            guard state.hasProcessor(processor) else { throw .invalidArgument }
            guard state.deviceModel.injected[processor] == nil else { throw .busy }
            state.deviceModel.injected[processor] = DeviceModelState.InjectedEvent(
                vector: payload.byte(at: 4), type: payload.byte(at: 5), instructionLength: payload.byte(at: 6),
                errorCode: payload.word32(at: 8), address: payload.word64(at: 16))
        }
    }

    /// Takes the event that was injected into a processor, as it does when it enters the guest.
    func takeInjectedEvent(_ domain: Domain, _ processor: UInt32) throws(XenErrorNumber) -> DeviceModelState.InjectedEvent? {
        try with(domain) { (state) throws(XenErrorNumber) in state.deviceModel.injected.removeValue(forKey: processor) }
    }

    /// Delivers an interrupt that comes as a message; one without a vector is an event channel's. Throws `EINVAL`, and
    /// `ERANGE` where there is neither. That the address is an interrupt's is not looked at.
    func injectMessage(_ call: DeviceModelCall) throws(XenErrorNumber) {
        guard call.payload.word32(at: 4) == 0 else { throw .invalidArgument }
        let (data, address) = (call.payload.word32(at: 0), call.payload.word64(at: 8))
        guard data & 0xff == 0 else {
            // To one of several, or to one; there is no other way to deliver a message.
            guard data >> 8 & 7 <= 1 else { throw .invalidArgument }
            return try with(call.domain) { (state) throws(XenErrorNumber) in
                state.deviceModel.messages.append(.init(address: address, data: data))
                if state.deviceModel.messages.count > DeviceModelState.messageLimit { state.deviceModel.messages.removeFirst() }
            }
        }
        let interrupt = Int32(truncatingIfNeeded: address >> 32 & 0xffff_ff00 | address >> 12 & 0xff)
        guard interrupt > 0 else { throw .resultTooLarge }
        let domain = call.domain
        let number = UInt32(bitPattern: interrupt)
        let limit = interruptNumbers(of: domain)
        try raising { (machine, notices) throws(XenErrorNumber) in
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard interrupt < limit, state.deviceModel.emulatedInterrupts[number] ?? .message == .message
                else { throw .invalidArgument }
                state.deviceModel.map(number, to: .message)
            }
            machine.raise(physical: number, in: domain.number.rawValue, &notices)
        }
    }
}
