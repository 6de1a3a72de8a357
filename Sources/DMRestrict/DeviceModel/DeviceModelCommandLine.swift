/// The command line that a tool stack gives QEMU, changed so that QEMU opens nothing of the host's itself: what it would open is
/// opened for it, and passed.
public struct DeviceModelCommandLine: Hashable, Sendable {
    /// Something that is opened before the device model is restricted.
    public enum Opening: Hashable, Sendable {
        /// A socket of bytes that listens at a path.
        case listener(String)
        /// A file to be written from its beginning.
        case output(String)
        /// An image, to be read and perhaps written.
        case image(String, isWritable: Bool)
        /// A descriptor that the tool stack passed.
        case passed(Int32)
    }

    /// The domain that it serves.
    public let domain: UInt16
    /// Its arguments, with numbers of descriptors in place of paths.
    public let arguments: [String]
    /// By their numbers in the device model.
    public let openings: [Int32: Opening]

    /// What is wrong with a command line.
    public enum Mistake: Error, Hashable, Sendable {
        case noDomain
        case noValue(String)
        case tooManyDescriptors
        /// A descriptor of the tool stack's at whose number another would stand.
        case takenDescriptor(Int32)
        /// The tool stack has QEMU change its user or root by itself, which has neither to change any more; and at its end it would
        /// look for a user that is another's.
        case isRestrictedByToolStack(String)
    }

    /// The first number of a descriptor that is opened here; below are the three that every program has, and those of the launcher.
    static let firstNumber: Int32 = 16

    /// Takes a command line apart.
    public init(_ words: [String]) throws(Mistake) {
        var rewriting = Rewriting()
        var domain: UInt16?
        var arguments: [String] = []
        var rest = words[...]
        var isRestricted = false
        while let word = rest.popFirst() {
            switch word {
            case "-xen-domid":
                guard let value = rest.popFirst() else { throw .noValue(word) }
                guard let number = UInt16(value) else { throw .noDomain }
                domain = number
                arguments += [word, value]
            case "-chardev", "-drive", "-serial":
                guard let value = rest.popFirst() else { throw .noValue(word) }
                let changed =
                    switch word {
                    case "-chardev": try rewriting.characterDevice(value)
                    case "-drive": try rewriting.drive(value)
                    default: try rewriting.serialPort(value)
                    }
                arguments += rewriting.takeOptions() + [word, changed]
            case "-xen-domid-restrict":
                isRestricted = true
                arguments.append(word)
            case "-runas", "-chroot": throw .isRestrictedByToolStack(word)
            default: arguments.append(word)
            }
        }
        guard let domain else { throw .noDomain }
        // The tool stack may not have asked for it; it is what all this is for.
        if !isRestricted { arguments.append("-xen-domid-restrict") }
        self.domain = domain
        self.arguments = arguments
        openings = rewriting.openings
    }

    /// The openings found so far, and the options that name them.
    private struct Rewriting {
        var openings: [Int32: Opening] = [:]
        private var options: [String] = []

        mutating func takeOptions() -> [String] {
            defer { options = [] }
            return options
        }

        private mutating func add(_ opening: Opening) throws(Mistake) -> Int32 {
            for number in DeviceModelCommandLine.firstNumber..<64 where openings[number] == nil {
                openings[number] = opening
                return number
            }
            throw .tooManyDescriptors
        }

        /// A set of descriptors that QEMU opens as if it were a file: one for each way in which it may be opened.
        private mutating func set(of ways: [Opening]) throws(Mistake) -> String {
            let numbers = try ways.map { (way) throws(Mistake) in try add(way) }
            guard let first = numbers.first else { throw .tooManyDescriptors }
            options += numbers.flatMap { ["-add-fd", "fd=\($0),set=\(first)"] }
            return "/dev/fdset/\(first)"
        }

        mutating func characterDevice(_ value: String) throws(Mistake) -> String {
            var parts = DeviceModelCommandLine.parts(value)
            guard parts.first == "socket" else { return value }
            for index in parts.indices {
                if let path = DeviceModelCommandLine.value("path", parts[index]) {
                    parts[index] = "fd=\(try add(.listener(path)))"
                } else if let number = DeviceModelCommandLine.value("fd", parts[index]).flatMap({ Int32($0) }) {
                    guard (3..<64).contains(number), openings[number] == nil else { throw .takenDescriptor(number) }
                    openings[number] = .passed(number)
                }
            }
            return DeviceModelCommandLine.text(parts)
        }

        mutating func drive(_ value: String) throws(Mistake) -> String {
            var parts = DeviceModelCommandLine.parts(value)
            let isReadOnly = parts.contains("readonly=on") || parts.contains("media=cdrom")
            for index in parts.indices {
                guard let path = DeviceModelCommandLine.value("file", parts[index]), path.hasPrefix("/") else { continue }
                let reading = Opening.image(path, isWritable: false)
                parts[index] = "file=" + (try set(of: isReadOnly ? [reading] : [.image(path, isWritable: true), reading]))
            }
            return DeviceModelCommandLine.text(parts)
        }

        mutating func serialPort(_ value: String) throws(Mistake) -> String {
            guard value.hasPrefix("file:") else { return value }
            return "file:" + (try set(of: [.output(String(value.dropFirst(5)))]))
        }
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
