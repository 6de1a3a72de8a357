import Flask

/// A handle through which whoever controls the machine executes a processor of a guest's.
struct ProcessorHandle: ClientHandle {
    private let hypervisor: Hypervisor
    private let socket: MessageSocket
    private var processor: GuestProcessor?

    init(_ hypervisor: Hypervisor, _ socket: MessageSocket) {
        self.hypervisor = hypervisor
        self.socket = socket
    }

    var descriptorCount: Int { processor == nil ? 0 : 2 }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        switch request.kind {
        case .takeProcessor:
            guard processor == nil else { throw .invalidArgument }
            guard let domain = request.domain(0), let number = UInt32(exactly: request[1]) else { throw .noSuchDomain }
            do throws(ProcessorStop) {
                processor = try GuestProcessor(of: domain, processor: number, in: hypervisor, for: socket.descriptor)
            } catch {
                return Self.reply(error)
            }
            return Reply()
        case .access:
            guard let processor, let space = UInt8(exactly: request[0]).flatMap(GuestAccess.Space.init(rawValue:)),
                let size = UInt32(exactly: request[2]), request[3] <= 1,
                let access = GuestAccess(space, at: request[1], size: size, write: request[3] == 1 ? request[4] : nil)
            else { throw .invalidArgument }
            do throws(ProcessorStop) {
                var reply = Reply()
                reply[0] = try processor.perform(access)
                return reply
            } catch {
                return Self.reply(error)
            }
        default: throw .protocolError
        }
    }

    private static func reply(_ stop: ProcessorStop) -> Reply {
        switch stop {
        case .noDomain: return Reply(.noSuchDomain)
        case .noProcessor: return Reply(.noDevice)
        case .taken: return Reply(.busy)
        case .noDescriptor: return Reply(.noSpace)
        case .abandoned:
            var reply = Reply(.tryAgain)
            reply.isLast = true
            return reply
        case .shutDown(let reason):
            var reply = Reply(.noData)
            reply[0] = UInt64(reason)
            return reply
        }
    }
}
