import Flask
import Synchronization

@testable import Hypervisor

extension Lab {
    /// Where an operation lies, and where its second buffer does.
    static let operation = Lab.buffer
    static let secondBuffer = Lab.buffer + 0x1000

    /// Makes a device-model operation with one buffer of the right size, or with a second one.
    func dm(
        _ command: DeviceModelCommand, on domain: UInt16 = 1, as caller: UInt16 = 0, owner: ClientOwner? = nil,
        second: UInt64? = nil, _ body: (inout ABIStructure) -> Void = { _ in }
    ) -> Int64 {
        var payload = ABIStructure(size: command.size)
        body(&payload)
        return dm(raw: command.rawValue, payload.bytes, on: domain, as: caller, owner: owner, second: second)
    }

    /// The same with any bytes behind the operation's number.
    func dm(
        raw command: UInt32, _ payload: [UInt8], pad: UInt32 = 0, on domain: UInt16 = 1, as caller: UInt16 = 0,
        owner: ClientOwner? = nil, second: UInt64? = nil
    ) -> Int64 {
        var header = ABIStructure(size: 8)
        header.set(command, at: 0)
        header.set(pad, at: 4)
        guard memory.write(header.bytes + payload, at: Self.operation) else { return .min }
        var buffers = [(Self.operation, UInt64(8 + payload.count))]
        if let second { buffers.append((Self.secondBuffer, second)) }
        return dm(buffers: buffers, on: domain, as: caller, owner: owner)
    }

    func dm(
        buffers: [(UInt64, UInt64)], count: UInt64? = nil, on domain: UInt16 = 1, as caller: UInt16 = 0,
        owner: ClientOwner? = nil
    ) -> Int64 {
        var list = ABIStructure(size: buffers.count * 16)
        for (index, buffer) in buffers.enumerated() {
            list.set(buffer.0, at: index * 16)
            list.set(buffer.1, at: index * 16 + 8)
        }
        guard memory.write(list.bytes, at: Self.argument) else { return .min }
        let client = hypervisor.client(of: caller, memory: memory, owner: owner)
        return client?.hypercall(
            HypercallNumber.deviceModel.rawValue, [UInt64(domain), count ?? UInt64(buffers.count), Self.argument]) ?? .min
    }

    /// What has become of the last operation's own part.
    func dmAnswer(_ command: DeviceModelCommand) -> ABIStructure {
        ABIStructure(memory.read(command.size, at: Self.operation + 8) ?? [])
    }

    /// The number of a new ioreq server; or the error.
    func createServer(buffering: UInt8 = 2, as caller: UInt16 = 0, owner: ClientOwner? = nil) -> Int64 {
        let result = dm(.createServer, as: caller, owner: owner) { $0.set(buffering, at: 0) }
        return result == 0 ? Int64(dmAnswer(.createServer).word16(at: 4)) : result
    }

    func setServer(_ server: Int64, enabled: Bool, as caller: UInt16 = 0, owner: ClientOwner? = nil) -> Int64 {
        dm(.setServerState, as: caller, owner: owner) { call in
            call.set(UInt16(server), at: 0)
            call.set(enabled ? 1 : 0 as UInt8, at: 2)
        }
    }

    func range(
        _ command: DeviceModelCommand, _ server: Int64, _ type: UInt32, _ start: UInt64, _ end: UInt64, as caller: UInt16 = 0
    ) -> Int64 {
        dm(command, as: caller) { call in
            call.set(UInt16(server), at: 0)
            call.set(type, at: 4)
            call.set(start, at: 8)
            call.set(end, at: 16)
        }
    }

    /// Maps the pages of a server as `XENMEM_acquire_resource` does, from a frame on.
    func pages(
        _ server: UInt32 = 0, frame: UInt64 = 0, count: UInt32 = 2, as caller: UInt16 = 0
    ) throws(XenErrorNumber) -> [SharedPage] {
        try client(caller).ioRequestPages(of: 1, server: server, frame: frame, count: count)
    }

    /// Works with what device models have set up for guest 1.
    func deviceModel<Result: Sendable>(_ body: (inout DeviceModelState) -> Result) -> Result? {
        try? hypervisor.with(hypervisor.domain(1)!) { (state) throws(XenErrorNumber) in body(&state.deviceModel) }
    }

    /// What a frame of guest 1 is.
    func type(_ frame: UInt64) -> FrameType? { state(1)?.memory.type(of: frame) }
}
