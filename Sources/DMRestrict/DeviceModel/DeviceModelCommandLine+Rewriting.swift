extension DeviceModelCommandLine {
    /// The openings found so far, and the options that name them.
    struct Rewriting {
        private(set) var openings: [Int32: Opening] = [:]
        private(set) var display: DisplayListener?
        private var options: [String] = []
        private var consoles = 0
        private let sockets: DeviceModelSockets

        init(_ sockets: DeviceModelSockets) {
            self.sockets = sockets
        }

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

        /// A socket at which QEMU listens for whoever speaks to one of its character devices.
        private mutating func listener(_ name: String, at path: String) throws(Mistake) -> [String] {
            ["-chardev", "socket,id=\(name),fd=\(try add(.listener(path))),server=on,wait=off"]
        }

        mutating func monitor() throws(Mistake) -> [String] {
            try listener("xsm-monitor", at: sockets.monitor) + ["-mon", "chardev=xsm-monitor,mode=control"]
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

        /// A drive by one of the options that only name an image (QEMU, softmmu/vl.c: `drive_add`).
        mutating func image(_ path: String, by option: String) throws(Mistake) -> String {
            let kind =
                switch option {
                case "-hdb": "index=1,media=disk"
                case "-hdc": "index=2,media=disk"
                case "-hdd": "index=3,media=disk"
                case "-cdrom": "index=2,media=cdrom"
                case "-fda": "if=floppy,index=0"
                case "-fdb": "if=floppy,index=1"
                case "-sd": "if=sd"
                case "-mtdblock": "if=mtd"
                case "-pflash": "if=pflash"
                default: "index=0,media=disk"
                }
            guard path.hasPrefix("/") else { throw .badImage(option: option, path) }
            return try drive(DeviceModelCommandLine.text(["file=" + path]) + "," + kind)
        }

        /// A pseudoterminal, which would be in a tree where nobody else is, is a socket here: `xsm-launch attach` connects to it.
        mutating func serialPort(_ value: String) throws(Mistake) -> String {
            if value.hasPrefix("file:") { return "file:" + (try set(of: [.output(String(value.dropFirst(5)))])) }
            guard value == "pty" else { return value }
            consoles += 1
            let name = "xsm-console\(consoles)"
            options += try listener(name, at: sockets.console(consoles))
            return "chardev:" + name
        }

        /// A tap by its name becomes a descriptor; the scripts that QEMU would run it may not.
        mutating func network(_ value: String) throws(Mistake) -> String {
            let parts = DeviceModelCommandLine.parts(value)
            guard parts.first == "tap" || parts.contains("type=tap") else { return value }
            guard let name = parts.lazy.compactMap({ DeviceModelCommandLine.value("ifname", $0) }).first else { return value }
            let bridge = parts.lazy.compactMap { DeviceModelCommandLine.value("br", $0) }.first
            let others = parts.filter { part in
                !["ifname", "br", "script", "downscript"].contains { DeviceModelCommandLine.value($0, part) != nil }
            }
            return DeviceModelCommandLine.text(others + ["fd=\(try add(.tap(name, bridge: bridge)))"])
        }

        /// QEMU has a screen and listens nowhere: its launcher does.
        mutating func screen(_ value: String) throws(Mistake) -> String {
            let parts = DeviceModelCommandLine.parts(value)
            guard let address = parts.first, address != "none" else { return value }
            guard display == nil, let listener = DisplayListener(address, options: parts.dropFirst()) else { throw .badDisplay(value) }
            display = listener
            return DeviceModelCommandLine.text(["none"] + parts.dropFirst().filter { DeviceModelCommandLine.value("to", $0) == nil })
        }
    }
}
