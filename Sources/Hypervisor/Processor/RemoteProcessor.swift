import Flask

/// A ``GuestProcessor`` of a daemon's, for a program that executes it from outside.
public struct RemoteProcessor: Sendable {
    private let connection: DaemonConnection

    /// What keeps a program from executing a processor: what the daemon says, or that there is none.
    public enum Failure: Error, Hashable, Sendable {
        case stopped(ProcessorStop)
        case unreachable(SystemError)
    }

    /// Takes over a processor of a domain, through dom0's socket.
    public init(at path: String, domain: UInt16, processor: UInt32 = 0) throws(Failure) {
        do throws(SystemError) {
            connection = try DaemonConnection(to: path, kind: 7)
        } catch {
            throw .unreachable(error)
        }
        _ = try ask(Request(.takeProcessor, [UInt64(domain), UInt64(processor)]))
    }

    /// What an access gives; 0 for one that writes.
    public func perform(_ access: GuestAccess) throws(Failure) -> UInt64 {
        try ask(
            Request(
                .access,
                [
                    UInt64(access.space.rawValue), access.address, UInt64(access.size), access.written == nil ? 0 : 1,
                    access.written ?? 0,
                ]))
    }

    private func ask(_ request: Request) throws(Failure) -> UInt64 {
        let answer: (result: Int64, word: UInt64, second: UInt64, descriptors: [Int32])
        do throws(SystemError) {
            answer = try connection.answer(to: request)
        } catch {
            throw .unreachable(error)
        }
        guard answer.result < 0 else { return answer.word }
        let number = Int32(truncatingIfNeeded: -answer.result)
        switch XenErrorNumber(rawValue: number) {
        case .noSuchDomain: throw .stopped(.noDomain)
        case .noDevice: throw .stopped(.noProcessor)
        case .busy: throw .stopped(.taken)
        case .noData: throw .stopped(.shutDown(UInt8(truncatingIfNeeded: answer.word)))
        default: throw .unreachable(SystemError(number: number))
        }
    }
}
