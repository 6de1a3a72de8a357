@testable import DMRestrict

/// A device model's command line from any bytes, a word in each line: no path of the host's is left where options are known.
func exercise(_ bytes: [UInt8]) {
    let words = bytes.split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    guard let line = try? DeviceModelCommandLine(["-xen-domid", "1"] + words, sockets: DeviceModelSockets(of: 5)) else { return }
    claim("it restricts itself", line.arguments.contains("-xen-domid-restrict"))
    claim("numbers of descriptors are in range", line.openings.keys.allSatisfy { (3..<64).contains($0) })
    var rest = line.arguments[...]
    while let option = rest.popFirst() {
        claim("what the launcher does is left out: \(option)", !["-chroot", "-run-with", "-sandbox", "-runas"].contains(option))
        guard ["-chardev", "-drive", "-netdev", "-serial", "-vnc"].contains(option), let value = rest.popFirst() else { continue }
        let parts = DeviceModelCommandLine.parts(value)
        claim("an option's parts are its parts", DeviceModelCommandLine.parts(DeviceModelCommandLine.text(parts)) == parts || parts.contains { $0.hasPrefix(",") || $0.hasSuffix(",") })
        switch option {
        case "-chardev": claim("a socket is passed: \(value)", parts.first != "socket" || !parts.contains { $0.hasPrefix("path=") })
        case "-drive":
            let paths = parts.compactMap { DeviceModelCommandLine.value("file", $0) }
            claim("an image is passed: \(value)", paths.allSatisfy { !$0.hasPrefix("/") || $0.hasPrefix("/dev/fdset/") })
        case "-netdev":
            claim("a tap is passed: \(value)", !parts.contains("type=tap") || !parts.contains { DeviceModelCommandLine.value("ifname", $0) != nil })
        case "-vnc": claim("the launcher listens: \(value)", parts.first == "none")
        default: claim("an output is passed: \(value)", !value.hasPrefix("file:") || value.hasPrefix("file:/dev/fdset/"))
        }
    }
    for (number, opening) in line.openings {
        if case .passed(let other) = opening { claim("a passed descriptor keeps its number", number == other) }
    }
}
