import CSandbox

// SAFETY: paths are passed to calls that copy them before they return.

/// Device files of Xen's for one device model: it may open them because they are its group's, and only as long as it is let. It owns
/// none of them, so it cannot give itself back what was taken.
public struct XenDeviceNodes: Hashable, Sendable {
    /// By device: where its file lies.
    public let paths: [XenDevice: String]

    /// Makes those that the host has, in a folder that nobody else may enter. Throws with the call that failed.
    public init(in folder: String, group: UInt32) throws(LaunchFailure) {
        var paths: [XenDevice: String] = [:]
        for device in XenDevice.allCases where unsafe sandbox_device_at(device.path) != 0 {
            let path = folder + "/" + device.rawValue
            let result = unsafe sandbox_make_device(path, device.path, group)
            guard result == 0 else { throw LaunchFailure(step: "xen-devices", call: "mknod", number: -result, object: path) }
            paths[device] = path
        }
        self.paths = paths
    }

    /// Has nobody open them any more, in whichever tree they are seen; what is open stays so.
    public func revoke() throws(LaunchFailure) {
        for path in paths.values.sorted() {
            let result = unsafe sandbox_revoke_device(path)
            guard result == 0 else { throw LaunchFailure(step: "xen-devices", call: "chmod", number: -result, object: path) }
        }
    }
}
