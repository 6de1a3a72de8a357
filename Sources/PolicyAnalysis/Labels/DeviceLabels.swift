/// What labels a listed device: statements for a policy, and what is to be known about them.
public struct DeviceLabels: Sendable {
    public let device: ListedDevice
    /// The device, its memory, its ports and its interrupt line, each piece once among all devices that are labelled together.
    public let labelled: [Device]
    public let remarks: [String]
}
