import Flask

@testable import Hypervisor

extension Lab {
    func physdev(
        _ command: PhysicalDeviceCommand, as caller: UInt16 = 0, size: Int, _ body: (inout ABIStructure) -> Void
    ) -> Int64 {
        var structure = ABIStructure(size: size)
        body(&structure)
        guard memory.write(structure.bytes, at: Self.argument) else { return .min }
        return call(.physicalDevice, [UInt64(command.rawValue), Self.argument], as: caller)
    }

    func platform(_ command: PlatformCommand, as caller: UInt16 = 0, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var structure = ABIStructure(size: 136)
        structure.set(command.rawValue, at: 0)
        structure.set(Hypervisor.platformVersion, at: 4)
        body(&structure)
        return call(.platformOperation, structure, as: caller)
    }

    func flask(_ command: FlaskCommand, as caller: UInt16 = 0, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var structure = ABIStructure(size: 40)
        structure.set(command.rawValue, at: 0)
        structure.set(1 as UInt32, at: 4)
        body(&structure)
        return call(.security, structure, as: caller)
    }

    /// Tells the machine of a device.
    func plug(_ device: UInt32) -> Int64 {
        physdev(.addSegmentDevice, size: 12) { call in
            call.set(UInt16(device >> 16), at: 0)
            call.set(UInt8(truncatingIfNeeded: device >> 8), at: 2)
            call.set(UInt8(truncatingIfNeeded: device), at: 3)
        }
    }

    /// Maps a line of the machine to a domain, under its own number.
    func mapInterrupt(_ line: Int32, to domain: UInt16, as caller: UInt16 = 0) -> Int64 {
        physdev(.mapInterrupt, as: caller, size: 40) { call in
            call.set(domain, at: 0)
            call.set(1 as UInt32, at: 4)
            call.set(line, at: 8)
            call.set(line, at: 12)
        }
    }

    func unmapInterrupt(_ number: Int32, of domain: UInt16, as caller: UInt16 = 0) -> Int64 {
        physdev(.unmapInterrupt, as: caller, size: 8) { call in
            call.set(domain, at: 0)
            call.set(number, at: 4)
        }
    }

    /// Gives a path to the hypervisor's file system; its file is read or written at `Lab.buffer`.
    func filesystem(_ operation: UInt64, _ path: String, size: UInt64, as caller: UInt16 = 0) -> Int64 {
        let text = Array(path.utf8) + [0]
        guard memory.write(text, at: Self.argument) else { return .min }
        return call(
            .hypervisorFilesystem, [operation, Self.argument, UInt64(text.count), Self.buffer, size], as: caller)
    }
}
