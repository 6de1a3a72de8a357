import Commands
import DMRestrict

extension LaunchRecord {
    /// Where it is spoken to, as a device model is.
    func sockets() throws(CommandFailure) -> DeviceModelSockets {
        guard domain != nil, let user = plan.user else { throw CommandFailure("`\(plan.name)` is no device model") }
        return DeviceModelSockets(of: user)
    }
}
