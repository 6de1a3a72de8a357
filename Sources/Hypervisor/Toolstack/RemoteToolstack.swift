import Flask

/// What a tool stack asks of a daemon's hypervisor to make a domain and to end it, each by the hypercall that Xen has for it, through
/// dom0's socket: the policy is asked as it is for Xen's own tools.
public struct RemoteToolstack: Sendable {
    private let connection: DaemonConnection
    /// Shared with the daemon, which follows pointers into it from ``address`` on.
    private let arena: SharedMemory

    /// What was not done, by Xen's name of it, and the error number.
    public struct Failure: Error, Hashable, Sendable {
        public let operation: String
        public let number: Int32
    }

    private static let address: UInt64 = 0x1_0000
    /// Where the structure of a call lies, and where what it points to.
    private static let structure = address
    private static let buffer = address + 0x1000

    /// Connects to dom0's socket. The domains that are made by this end with it. Throws ``Failure`` with `EPROTO` when the daemon speaks
    /// another protocol, and with `EAGAIN` when it is about to end.
    public init(at path: String) throws(Failure) {
        do throws(SystemError) {
            let (connection, size, descriptors) = try DaemonConnection.opening(path, kind: 8)
            guard let descriptor = descriptors.first else { throw SystemError(number: XenErrorNumber.protocolError.rawValue) }
            self.connection = connection
            arena = try SharedMemory(adopting: descriptor, size: size)
            _ = try connection.ask(Request(.arena, [Self.address]))
        } catch {
            throw Failure(operation: "connect", number: error.number)
        }
    }

    /// Ends the connection, and with it the domains that were made by it.
    public func leave() { connection.end() }

    // MARK: Calls

    private func call(_ operation: String, _ number: HypercallNumber, _ arguments: [UInt64]) throws(Failure) -> Int64 {
        do throws(SystemError) {
            let result = try connection.answer(to: Request(.hypercall, [number.rawValue] + arguments)).result
            guard result < 0 else { return result }
            throw SystemError(number: Int32(truncatingIfNeeded: -result))
        } catch {
            throw Failure(operation: operation, number: error.number)
        }
    }

    private func put(_ bytes: [UInt8], at address: UInt64) { _ = arena.write(bytes, at: Int(address - Self.address)) }

    private func answer(_ size: Int) -> ABIStructure {
        arena.read(size, at: Int(Self.structure - Self.address)).map { ABIStructure($0) } ?? ABIStructure(size: size)
    }

    private func control(
        _ operation: String, _ command: DomainControlCommand, _ domain: UInt16, _ body: (inout ABIStructure) -> Void = { _ in }
    ) throws(Failure) {
        var structure = ABIStructure(command, of: domain)
        body(&structure)
        put(structure.bytes, at: Self.structure)
        _ = try call(operation, .domainControl, [Self.structure])
    }

    // MARK: Domains

    /// The policy's number of a label (`FLASK_CONTEXT_TO_SID`). Fails with `EINVAL` for one that the policy does not know, and with
    /// `ENOSYS` where there is no policy.
    public func identifier(of label: String) throws(Failure) -> UInt32 {
        let text = Array(label.utf8)
        guard text.count < 0x1000 else { throw Failure(operation: "context_to_sid", number: XenErrorNumber.invalidArgument.rawValue) }
        var structure = ABIStructure(size: 40)
        structure.set(FlaskCommand.contextToSID.rawValue, at: 0)
        structure.set(1 as UInt32, at: 4)
        structure.set(UInt32(text.count), at: 12)
        structure.set(Self.buffer, at: 16)
        put(text, at: Self.buffer)
        put(structure.bytes, at: Self.structure)
        _ = try call("context_to_sid", .security, [Self.structure])
        return answer(40).word32(at: 8)
    }

    /// Creates a domain with processors and without memory, paused (`XEN_DOMCTL_createdomain`, `max_vcpus`); its number. One that is
    /// emulated has all the devices that Xen emulates itself.
    public func createDomain(label: UInt32, isHVM: Bool, processors: UInt32 = 1, handle: [UInt8] = []) throws(Failure) -> UInt16 {
        var configuration = DomainConfiguration()
        configuration.flags = isHVM ? [.hvm, .hap] : []
        configuration.maximumProcessors = processors
        try control("createdomain", .createDomain, 0) { structure in
            structure.set(label, at: 16)
            structure.set(Array(handle.prefix(16)), at: 20)
            structure.set(configuration.flags.rawValue, at: 36)
            structure.set(processors, at: 44)
            structure.set(1_023 as UInt32, at: 48)
            structure.set(configuration.maximumGrantFrames, at: 52)
            structure.set(configuration.maximumMaptrackFrames, at: 56)
            structure.set(configuration.grantVersion, at: 60)
            // All but virtual PCI (Xen, xen/include/public/arch-x86/xen.h: `XEN_X86_EMU_*`).
            structure.set(isHVM ? 0x3ff : 0 as UInt32, at: 72)
        }
        let number = answer(144).word16(at: 8)
        do throws(Failure) {
            try control("max_vcpus", .maximumProcessors, number) { $0.set(processors, at: 16) }
        } catch {
            try? destroy(number)
            throw error
        }
        return number
    }

    /// Sets how much memory a domain may have (`XEN_DOMCTL_max_mem`).
    public func setMaximumMemory(of domain: UInt16, kibibytes: UInt64) throws(Failure) {
        try control("max_mem", .maximumMemory, domain) { $0.set(kibibytes, at: 16) }
    }

    /// Gives a domain memory, by its frames of 4 KiB (`XENMEM_populate_physmap`).
    public func populate(_ domain: UInt16, _ frames: Range<UInt64>) throws(Failure) {
        var start = frames.lowerBound
        while start < frames.upperBound {
            // In pieces of 2 MiB where the frames allow it, in single ones where not.
            let isLarge = start % 512 == 0 && frames.upperBound - start >= 512
            let step: UInt64 = isLarge ? 512 : 1
            let whole = (frames.upperBound - start) / step
            let count = min(isLarge ? whole : min(whole, 512 - start % 512), 512)
            var list = ABIStructure(size: Int(count) * 8)
            for index in 0..<count { list.set(start + index * step, at: Int(index) * 8) }
            put(list.bytes, at: Self.buffer)
            var reservation = ABIStructure(size: 32)
            reservation.set(Self.buffer, at: 0)
            reservation.set(count, at: 8)
            reservation.set(isLarge ? 9 : 0 as UInt32, at: 16)
            reservation.set(domain, at: 24)
            put(reservation.bytes, at: Self.structure)
            let done = try call("populate_physmap", .memoryOperation, [MemoryCommand.populatePhysmap.rawValue, Self.structure])
            guard done == Int64(count) else { throw Failure(operation: "populate_physmap", number: XenErrorNumber.outOfMemory.rawValue) }
            start += count * step
        }
    }

    /// Has a domain serve another one as its device model (`XEN_DOMCTL_set_target`).
    public func setTarget(of deviceModel: UInt16, to guest: UInt16) throws(Failure) {
        try control("set_target", .setTarget, deviceModel) { $0.set(guest, at: 16) }
    }

    /// Gives a domain another label (`FLASK_RELABEL_DOMAIN`).
    public func relabel(_ domain: UInt16, to label: UInt32) throws(Failure) {
        var structure = ABIStructure(size: 40)
        structure.set(FlaskCommand.relabelDomain.rawValue, at: 0)
        structure.set(1 as UInt32, at: 4)
        structure.set(UInt32(domain), at: 8)
        structure.set(label, at: 12)
        put(structure.bytes, at: Self.structure)
        _ = try call("relabel", .security, [Self.structure])
    }

    public func unpause(_ domain: UInt16) throws(Failure) { try control("unpausedomain", .unpauseDomain, domain) }

    public func destroy(_ domain: UInt16) throws(Failure) { try control("destroydomain", .destroyDomain, domain) }

    /// How a domain is (`XEN_DOMCTL_getdomaininfo`); nil when there is none.
    public func state(of domain: UInt16) throws(Failure) -> State? {
        do throws(Failure) {
            try control("getdomaininfo", .getDomainInfo, domain)
        } catch {
            if error.number == XenErrorNumber.noSuchDomain.rawValue { return nil }
            throw error
        }
        // The domain found is the next one where there is none of this number.
        let answer = answer(144)
        guard answer.word16(at: 16) == domain else { return nil }
        let flags = answer.word32(at: 20)
        return State(isShutDown: flags & 4 != 0, isPaused: flags & 8 != 0, shutdownReason: UInt8(truncatingIfNeeded: flags >> 16))
    }

    /// The numbers of all domains (`XEN_SYSCTL_getdomaininfolist`).
    public func domains() throws(Failure) -> [UInt16] {
        var numbers: [UInt16] = []
        while numbers.count < Int(Machine.firstReservedNumber) {
            var structure = ABIStructure(SystemControlCommand.domainInfoList)
            structure.set(numbers.last.map { $0 + 1 } ?? 0, at: 8)
            structure.set(16 as UInt32, at: 12)
            structure.set(Self.buffer, at: 16)
            put(structure.bytes, at: Self.structure)
            _ = try call("getdomaininfolist", .systemControl, [Self.structure])
            let count = Int(min(answer(136).word32(at: 24), 16))
            guard count > 0, let list = arena.read(count * Self.infoSize, at: Int(Self.buffer - Self.address)) else { break }
            numbers += (0..<count).map { ABIStructure(list).word16(at: $0 * Self.infoSize) }
        }
        return numbers
    }

    /// Bytes of `struct xen_domctl_getdomaininfo`.
    private static let infoSize = 112

    /// How a domain is.
    public struct State: Hashable, Sendable {
        public let isShutDown: Bool
        /// By a tool stack.
        public let isPaused: Bool
        /// Of one that is shut down (Xen, xen/include/public/sched.h: `SHUTDOWN_*`).
        public let shutdownReason: UInt8
    }

    /// A descriptor that has something to read whenever a domain of the machine's has shut down or was destroyed. A toolstack has one.
    public func watchDomains() throws(Failure) -> DomainNotices {
        do throws(SystemError) {
            guard let descriptor = try connection.ask(Request(.watchDomains, [])).descriptors.first else {
                throw SystemError(number: XenErrorNumber.protocolError.rawValue)
            }
            return DomainNotices(MessageSocket(descriptor), by: connection)
        } catch {
            throw Failure(operation: "watch", number: error.number)
        }
    }
}
