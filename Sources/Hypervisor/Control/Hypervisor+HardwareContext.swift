import Flask

// The state of hardware that is emulated for a domain, as records (Xen, xen/arch/x86/hvm/save.c; xen/include/public/hvm/save.h).
// Records are kept as they come and are told again in that order: nobody emulates hardware here.

extension Hypervisor {
    /// More than all processors' records need.
    private static let maximumHardwareContext: UInt32 = 1 << 20
    /// Who made the records (`HVM_FILE_MAGIC`, `HVM_FILE_VERSION`).
    private static let recordMagic: UInt32 = 0x5438_1286
    private static let recordVersion: UInt32 = 2
    /// The highest kind that there is (`HVM_SAVE_CODE_MAX`); the first is the header, and zero ends them.
    private static let maximumRecordType: UInt16 = 20

    /// Replaces all records. Throws `EPERM` for what is not a header, records and an end, as Xen does.
    func setHardwareContext(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let isHVM = try with(domain) { (state) throws(XenErrorNumber) in state.isHVM }
        guard domain !== caller.domain, isHVM else { throw .invalidArgument }
        let size = call.word32(at: 16)
        guard size <= Self.maximumHardwareContext else { throw .outOfMemory }
        let context = try caller.memory.structure(Int(size), at: call.word64(at: 24))
        guard let records = Self.records(of: context) else { throw .operationNotPermitted }
        try with(domain) { (state) throws(XenErrorNumber) in state.control.hardware = records }
    }

    /// The records behind the header; nil when they are none.
    static func records(of context: ABIStructure) -> [DomainControlState.HardwareRecord]? {
        var records: [DomainControlState.HardwareRecord] = []
        var place = 0
        while place + 8 <= context.bytes.count {
            let (type, instance) = (context.word16(at: place), context.word16(at: place + 2))
            let length = Int(context.word32(at: place + 4))
            place += 8
            if place == 8 {
                guard type == 1, length == 24, place + length <= context.bytes.count,
                    context.word32(at: place) == recordMagic
                else { return nil }
            } else if type == 0 {
                return records
            } else {
                guard type > 1, type <= maximumRecordType, length <= context.bytes.count - place else { return nil }
                records.append(.init(type: type, instance: instance, data: Array(context.bytes[place..<place + length])))
            }
            place += length
        }
        return nil
    }

    private func context(of records: [DomainControlState.HardwareRecord]) -> [UInt8] {
        func descriptor(_ type: UInt16, _ instance: UInt16, _ length: Int) -> [UInt8] {
            var descriptor = ABIStructure(size: 8)
            descriptor.set(type, at: 0)
            descriptor.set(instance, at: 2)
            descriptor.set(UInt32(length), at: 4)
            return descriptor.bytes
        }
        var header = ABIStructure(size: 24)
        header.set(Self.recordMagic, at: 0)
        header.set(Self.recordVersion, at: 4)
        header.set(1_000_000 as UInt32, at: 20)
        var bytes = descriptor(1, 0, 24) + header.bytes
        for record in records { bytes += descriptor(record.type, record.instance, record.data.count) + record.data }
        return bytes + descriptor(0, 0, 0)
    }

    func getHardwareContext(
        _ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        var answer = call
        do throws(XenErrorNumber) {
            let (isHVM, records) = try with(domain) { (state) throws(XenErrorNumber) in (state.isHVM, state.control.hardware) }
            guard domain !== caller.domain, isHVM else { throw .invalidArgument }
            let bytes = context(of: records)
            if call.word64(at: 24) != 0 {
                guard call.word32(at: 16) >= bytes.count else { throw .noSpace }
                try caller.memory.put(ABIStructure(bytes), at: call.word64(at: 24))
            }
            answer.set(UInt32(bytes.count), at: 16)
        } catch {
            try caller.memory.put(answer, at: address)
            throw error
        }
        try caller.memory.put(answer, at: address)
    }

    func getHardwareRecord(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let (type, instance) = (call.word32(at: 16), call.word32(at: 20))
        let (isHVM, records) = try with(domain) { (state) throws(XenErrorNumber) in (state.isHVM, state.control.hardware) }
        guard domain !== caller.domain, isHVM, type >= 2, type <= Self.maximumRecordType else { throw .invalidArgument }
        guard let record = records.first(where: { $0.type == type && $0.instance == instance }) else { throw .noEntry }
        var answer = call
        if call.word64(at: 32) != 0 {
            guard call.word64(at: 24) >= record.data.count else { throw .noSpace }
            try caller.memory.put(ABIStructure(record.data), at: call.word64(at: 32))
        }
        answer.set(UInt64(record.data.count), at: 24)
        try caller.memory.put(answer, at: address)
    }
}
