import DMRestrict
import Files

extension LaunchRequest {
    /// The devices that it sees: files that are bound as devices, and those in folders that are.
    var boundDevices: [DeviceRule] {
        bindings.filter(\.isDevice).flatMap { binding in
            let entries = Files.isDirectory(binding.source) ? (Files.entries(of: binding.source) ?? []).map { binding.source + "/" + $0 } : [binding.source]
            return entries.compactMap { DeviceRule(at: $0, isWritable: binding.isWritable) }
        }
    }
}
