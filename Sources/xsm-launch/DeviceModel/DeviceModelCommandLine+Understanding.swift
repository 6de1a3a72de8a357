import Commands
import DMRestrict

extension DeviceModelCommandLine {
    /// The same, with what is wrong in words.
    init(understanding words: [String], sockets: DeviceModelSockets) throws(CommandFailure) {
        self = try Self.understood { () throws(Mistake) in try Self(words, sockets: sockets) }
    }

    /// What is read of one, with what is wrong in words.
    static func understood<Value>(_ body: () throws(Mistake) -> Value) throws(CommandFailure) -> Value {
        do throws(Mistake) {
            return try body()
        } catch {
            throw CommandFailure("the device model's command line is not understood: \(error.text)")
        }
    }
}
