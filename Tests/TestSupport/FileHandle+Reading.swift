public import Foundation

extension FileHandle {
    /// Everything up to the end. Foundation's own way of doing so ends the tests when a signal interrupts it.
    public func readToItsEnd() throws -> Data {
        var data = Data()
        while true {
            do {
                guard let piece = try read(upToCount: 1 << 16), !piece.isEmpty else { return data }
                data += piece
            } catch let error as NSError {
                let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
                guard cause.domain == NSPOSIXErrorDomain, cause.code == Int(EINTR) else { throw error }
            }
        }
    }
}
