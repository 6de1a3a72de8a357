/// The command line that a tool stack gives QEMU, changed so that QEMU opens nothing of the host's itself: what it would open is
/// opened for it, and passed.
public struct DeviceModelCommandLine: Sendable {
    /// Something that is opened before the device model is restricted.
    public enum Opening: Hashable, Sendable, CustomStringConvertible {
        /// A socket of bytes that listens at a path.
        case listener(String)
        /// A file to be written from its beginning.
        case output(String)
        /// An image, to be read and perhaps written.
        case image(String, isWritable: Bool)
        /// A tap of this name, which joins a bridge if one is named.
        case tap(String, bridge: String?)
        /// A descriptor that the tool stack passed.
        case passed(Int32)

        public var description: String {
            switch self {
            case .listener(let path): "a socket that listens at `\(path)`"
            case .output(let path): "`\(path)`, to be written"
            case .image(let path, let isWritable): "`\(path)`, to be read" + (isWritable ? " and written" : "")
            case .tap(let name, let bridge): "the tap `\(name)`" + (bridge.map { ", at the bridge `\($0)`" } ?? "")
            case .passed(let number): "descriptor \(number) of its caller's"
            }
        }
    }

    /// Whether it is to go on where another one has stopped.
    public var isIncoming: Bool { arguments.contains { Self.option($0) == "-incoming" } }

    /// The domain that it serves.
    public let domain: UInt16
    /// Whom the tool stack would have it become, by numbers; nil where it does not say.
    public let user: (uid: UInt32, gid: UInt32)?
    /// Its arguments, with numbers of descriptors in place of paths.
    public let arguments: [String]
    /// By their numbers in the device model.
    public let openings: [Int32: Opening]
    /// Where its screen is to be seen by VNC: the launcher listens there, and hands it who connects.
    public let display: DisplayListener?

    /// What is wrong with a command line.
    public enum Mistake: Error, Hashable, Sendable {
        case noDomain
        case noValue(String)
        case tooManyDescriptors
        /// A descriptor of the tool stack's at whose number another would stand.
        case takenDescriptor(Int32)
        /// A user by his name, or root: it is two numbers.
        case badUser(String)
        /// What is no address for VNC.
        case badDisplay(String)
        /// An image that is no path from the root on, by the option that names it.
        case badImage(option: String, String)
    }

    /// The first number of a descriptor that is opened here; below are the three that every program has, and those of the launcher.
    static let firstNumber: Int32 = 16

    /// Takes a command line apart. What is listened at for others to speak to it is the launcher's to choose.
    public init(_ words: [String], sockets: DeviceModelSockets) throws(Mistake) {
        let (domain, user) = try Self.domainAndUser(words)
        var rewriting = Rewriting(sockets)
        var arguments: [String] = []
        var rest = words[...]
        var isRestricted = false
        while let given = rest.popFirst() {
            let word = Self.option(given)
            switch word {
            case "-xen-domid":
                guard let value = rest.popFirst() else { throw .noValue(word) }
                guard UInt16(value) == domain else { throw .noDomain }
                arguments += [word, value]
            case "-chardev", "-drive", "-serial", "-netdev", "-vnc":
                guard let value = rest.popFirst() else { throw .noValue(word) }
                let changed =
                    switch word {
                    case "-chardev": try rewriting.characterDevice(value)
                    case "-drive": try rewriting.drive(value)
                    case "-netdev": try rewriting.network(value)
                    case "-vnc": try rewriting.screen(value)
                    default: try rewriting.serialPort(value)
                    }
                arguments += rewriting.takeOptions() + [word, changed]
            case "-hda", "-hdb", "-hdc", "-hdd", "-cdrom", "-fda", "-fdb", "-sd", "-mtdblock", "-pflash":
                guard let value = rest.popFirst() else { throw .noValue(word) }
                let drive = try rewriting.image(value, by: word)
                arguments += rewriting.takeOptions() + ["-drive", drive]
            // What it would give up itself, late and less of it, is given up before it starts.
            case "-chroot", "-run-with", "-sandbox":
                guard rest.popFirst() != nil else { throw .noValue(word) }
            case "-runas":
                guard let value = rest.popFirst() else { throw .noValue(word) }
                _ = try Self.user(value)
            case "-xen-domid-restrict":
                isRestricted = true
                arguments.append(word)
            default: arguments.append(given)
            }
        }
        // By this it is spoken to while it runs.
        arguments += try rewriting.monitor()
        // The tool stack may not have asked for it; it is what all this is for.
        if !isRestricted { arguments.append("-xen-domid-restrict") }
        self.domain = domain
        self.user = user
        self.arguments = arguments
        openings = rewriting.openings
        display = rewriting.display
    }

    /// The domain and the user of a command line, before it is taken apart.
    public static func domainAndUser(_ words: [String]) throws(Mistake) -> (domain: UInt16, user: (uid: UInt32, gid: UInt32)?) {
        guard let place = words.firstIndex(where: { option($0) == "-xen-domid" }), place + 1 < words.count, let domain = UInt16(words[place + 1]) else {
            throw .noDomain
        }
        guard let name = words.lastIndex(where: { option($0) == "-runas" }) else { return (domain, nil) }
        guard name + 1 < words.count else { throw .noValue("-runas") }
        return (domain, try user(words[name + 1]))
    }

    /// An option as it is written here: QEMU takes one with two dashes as well (QEMU, softmmu/vl.c: `lookup_opt`).
    private static func option(_ word: String) -> String { word.hasPrefix("--") ? String(word.dropFirst()) : word }

    private static func user(_ text: String) throws(Mistake) -> (uid: UInt32, gid: UInt32) {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard numbers.count == 2, let uid = numbers[0], let gid = numbers[1], uid != 0, gid != 0 else { throw .badUser(text) }
        return (uid, gid)
    }

    /// The parts of an option between commas; two commas are one that belongs to a part.
    static func parts(_ value: String) -> [String] {
        var parts = [""]
        var rest = value[...]
        while let character = rest.popFirst() {
            if character == ",", rest.first != "," {
                parts.append("")
            } else {
                if character == "," { rest.removeFirst() }
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    static func text(_ parts: [String]) -> String {
        parts.map { $0.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,") }.joined(separator: ",")
    }

    static func value(_ name: String, _ part: String) -> String? {
        part.hasPrefix(name + "=") ? String(part.dropFirst(name.count + 1)) : nil
    }
}
