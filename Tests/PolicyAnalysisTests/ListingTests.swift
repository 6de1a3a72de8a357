import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("What lspci says about a machine becomes statements")
struct ListingTests {
    private static let seed = RandomTest.seed()

    private static let folder = BuiltPackage.repository.appendingPathComponent("Tests/Corpus/lspci")

    private func listing(_ name: String) throws -> DeviceListing {
        try DeviceListing(Array(Data(contentsOf: Self.folder.appendingPathComponent(name))))
    }

    private func statements(_ labels: DeviceLabels) -> [String] {
        labels.labelled.map { String(decoding: $0.statement(context: Array("C".utf8)), as: UTF8.self) }
    }

    private func statements(_ text: String) throws -> [String] { try DeviceListing(Array(text.utf8)).labels().flatMap(statements) }

    @Test("A device that stands twice is labelled once, and that is said")
    func twice() throws {
        let file = BuiltPackage.repository.appendingPathComponent("Tests/Corpus/lspci/desktop-vvn.txt")
        let bytes = Array(try Data(contentsOf: file))
        let (once, twice) = (try DeviceListing(bytes).labels(), try DeviceListing(bytes + bytes).labels())
        #expect(once.map(\.labelled) == twice.map(\.labelled))
        #expect(twice.allSatisfy { $0.remarks.contains { $0.contains("has it twice") } })
    }

    @Test("The example of Xen's own documentation, with its mistake put right")
    func card() throws {
        let labels = try listing("desktop-vvn.txt").labels(for: [PCIAddress("00:19.0")])
        #expect(labels.count == 1)
        // 00:19.0 is 0xc8; docs/misc/xsm-flask.txt says 0xc800, which is c8:00.0.
        #expect(
            statements(labels[0]) == ["pcidevicecon 0xc8 C", "pirqcon 33 C", "iomemcon 0xfebd9 C", "iomemcon 0xfebe0-0xfebff C", "ioportcon 0xecc0-0xecdf C"])
        #expect(labels[0].remarks.isEmpty)
    }

    @Test("A desktop: message interrupts, copies of ROMs, old ports, pages and lines that two devices share, a bridge")
    func desktop() throws {
        let labels = try listing("desktop-vvn.txt").labels()
        #expect(labels.map(\.device.address.description) == ["0000:00:00.0", "0000:00:02.0", "0000:00:17.0", "0000:00:19.0", "0000:00:1f.3", "0000:00:1c.0"])
        #expect(
            statements(labels[1]) == ["pcidevicecon 0x10 C", "iomemcon 0x90000-0x9ffff C", "iomemcon 0xa0000-0xa0fff C", "ioportcon 0x4000-0x403f C"])
        #expect(labels[1].remarks.contains { $0.contains("128 is the number of one in Linux") } && labels[1].remarks.contains { $0.contains("copy of its ROM") })
        #expect(statements(labels[2]) == ["pcidevicecon 0xb8 C", "pirqcon 16 C", "iomemcon 0xa1236 C", "ioportcon 0xf060-0xf06f C"])
        #expect(labels[2].remarks.count { $0.contains("old disk interface") } == 2)
        #expect(labels[2].remarks.count { $0.contains("0000:00:1f.3 too") } == 2)
        #expect(statements(labels[4]) == ["pcidevicecon 0xfb C", "ioportcon 0xefa0-0xefbf C"])
        #expect(statements(labels[5]) == ["pcidevicecon 0xe0 C"] && labels[5].remarks.contains { $0.contains("bridge") })
        // Of one device alone its own pages, and who else is there.
        let alone = try listing("desktop-vvn.txt").labels(for: [PCIAddress("00:1f.3")])
        #expect(statements(alone[0]).contains("iomemcon 0xa1236 C") && alone[0].remarks.contains { $0.contains("0000:00:17.0 too") })
        #expect(throws: LabelMistake.self) { try listing("desktop-vvn.txt").labels(for: [PCIAddress("07:00.0")]) }
    }

    @Test("A server, with segments: virtual functions, nothing assigned, memory above 16 TiB, a domain that only Linux has")
    func server() throws {
        let listing = try listing("server-v.txt")
        let labels = try listing.labels()
        #expect(
            labels.flatMap(statements) == [
                "pcidevicecon 0x3b00 C", "pirqcon 34 C", "iomemcon 0x38bffda00-0x38bffdbff C", "iomemcon 0x38bffde04-0x38bffde07 C",
                "pcidevicecon 0x3b80 C", "iomemcon 0x38bffdd00-0x38bffdd03 C", "iomemcon 0x38bffdf00-0x38bffdf03 C",
                "pcidevicecon 0x10000 C", "pirqcon 16 C", "iomemcon 0x91000-0x91fff C", "iomemcon 0x92000-0x927ff C", "iomemcon 0x92800-0x92807 C",
                "iomemcon 0x92808-0x9280b C",
            ])
        #expect(labels[0].remarks.contains { $0.contains("virtual functions") } && labels[0].remarks.contains { $0.contains("no address yet") })
        #expect(listing.unnumbered == ["10000:e1:00.0"])
    }

    @Test("Statements for all devices never meet: a policy of them compiles")
    func disjoint() throws {
        for name in ["desktop-vvn.txt", "server-v.txt"] {
            let text = try listing(name).labels().flatMap(\.labelled).map { String(decoding: $0.statement(context: Array("system_u:system_r:irq_t".utf8)), as: UTF8.self) }
            let lines = SmallPolicy.text.split(separator: "\n").filter { line in !["pirqcon", "iomemcon", "ioportcon", "pcidevicecon", "devicetreecon"].contains { line.hasPrefix($0) } }
            let policy = try AnalysedPolicy(Array((lines.joined(separator: "\n") + "\n" + text.joined(separator: "\n") + "\n").utf8), named: name)
            #expect(try policy.labelCoverage().mistakes.isEmpty)
        }
    }

    @Test("Forms of lines")
    func forms() throws {
        let start = "03:00.0 0200: 8086:10de\n"
        #expect(try statements(start) == ["pcidevicecon 0x300 C"])
        #expect(try statements(start + "        Memory at febd9000 (32-bit, non-prefetchable) [size=4K]\n") == ["pcidevicecon 0x300 C", "iomemcon 0xfebd9 C"])
        #expect(try statements("03:00.0 x\r\n\tRegion 0: I/O ports at e000 [size=256]\r\n") == ["pcidevicecon 0x300 C", "ioportcon 0xe000-0xe0ff C"])
        #expect(try statements(start + "\tRegion 0: Memory at <ignored> (32-bit, non-prefetchable) [size=4K]\n").count == 1)
        #expect(try statements(start + "\tRegion 0: Memory at febd9000 (32-bit, non-prefetchable)\n").count == 1)
        #expect(try statements(start + "\tRegion 1: I/O ports at 0000 [size=32]\n").count == 1)
        #expect(try statements(start + "\tFlags: bus master, IRQ 255\n").count == 1)
        #expect(try statements(start + "\tFlags: bus master, IRQ 9, NUMA node 0\n") == ["pcidevicecon 0x300 C", "pirqcon 9 C"])
        #expect(try statements(start + "\tMemory at fffffffffffff000 (64-bit) [size=8K]\n").count == 1)
        #expect(try statements(start + "\tKernel driver: Memory at 1000 [size=4K]\n").count == 1)
        #expect(try statements(start + "00: 86 80 de 10 07 04 10 00 02 00 00 02 00 00 00 00\n").count == 1)
        for text in ["", "\n\n", "Slot:\t03:00.0\nClass:\t0200\n", "no listing at all\n"] {
            #expect(throws: LabelMistake.self) { try DeviceListing(Array(text.utf8)) }
        }
    }

    @Test("Any bytes are a listing, or none, and nothing traps")
    func hostile() throws {
        var random = SplitMix64(seed: Self.seed)
        let whole = try ["desktop-vvn.txt", "server-v.txt"].map { Array(try Data(contentsOf: Self.folder.appendingPathComponent($0))) }
        var read = 0
        for _ in 0..<300 {
            var bytes = random.pick(whole)
            for _ in 0..<1 + random.below(30) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes[place] = random.pick(Array("fF0:.\t\n []=KMGT-".utf8))
                case 2: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(200))], at: random.below(bytes.count))
                }
            }
            guard let listing = try? DeviceListing(bytes) else { continue }
            read += 1
            let labels = try listing.labels()
            #expect(labels.count == listing.devices.count, "seed \(Self.seed)")
            _ = labels.flatMap(statements)
        }
        #expect(read > 100, "seed \(Self.seed)")
        for _ in 0..<200 { _ = try? DeviceListing((0..<random.below(400)).map { _ in UInt8(random.below(256)) }) }
        let many = Array(String(repeating: "03:00.0 x\n\tMemory at 1000 [size=1T]\n", count: 5_000).utf8)
        let start = processorTime()
        _ = try DeviceListing(many).labels()
        #expect(processorTime() - start < .seconds(30))
    }

    // MARK: The peer

    /// The addresses that lspci shows for bytes of configuration space, which are here taken apart for themselves.
    private struct Space {
        var address = PCIAddress(number: 0)
        var bytes: [UInt8] = []

        func word(_ place: Int) -> UInt64 { (0..<4).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) } }

        var memory: [UInt64] {
            var result: [UInt64] = []
            var place = 0x10
            while place < 0x28, bytes[0x0e] & 0x7f == 0 {
                let low = word(place)
                let isWide = low & 1 == 0 && low & 6 == 4
                if low & 1 == 0, low & ~0xf != 0 || isWide && word(place + 4) != 0 { result.append(low & ~0xf | (isWide ? word(place + 4) << 32 : 0)) }
                place += isWide ? 8 : 4
            }
            let rom = word(0x30)
            if bytes[0x0e] & 0x7f == 0, rom & ~0x7ff != 0 { result.append(rom & ~0x7ff) }
            return result
        }

        var ports: [UInt64] {
            guard bytes[0x0e] & 0x7f == 0 else { return [] }
            var result: [UInt64] = []
            var place = 0x10
            while place < 0x28 {
                let low = word(place)
                if low & 1 == 1, low & ~3 != 0 { result.append(low & ~3) }
                place += low & 7 == 4 ? 8 : 4
            }
            return result
        }

        /// The short form does not ask whether there is a pin.
        func interrupt(isShort: Bool) -> UInt32? {
            !isShort && bytes[0x3d] == 0 || bytes[0x3c] == 0 || bytes[0x3c] == 255 ? nil : UInt32(bytes[0x3c])
        }
    }

    /// A device's configuration space: memory of both widths, ports, a ROM, and a pin or none.
    private func space(_ place: Int, _ random: inout SplitMix64) -> Space {
        var space = Space(address: PCIAddress(number: UInt32(random.below(3)) << 16 | UInt32(place) << 3 | UInt32(random.below(8))), bytes: [UInt8](repeating: 0, count: 64))
        func put(_ value: UInt64, at place: Int) { for byte in 0..<4 { space.bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) } }
        put(0x10de_8086, at: 0)
        put(0x0010_0407 & ~0x10_0000, at: 4)
        put(0x0200_0002, at: 8)
        var bar = 0x10
        while bar < 0x28 {
            switch random.below(4) {
            case 0: put(UInt64(random.below(0x7fff0)) << 12 | 0x8000_0000, at: bar)
            case 1 where bar < 0x24:
                put(UInt64(random.below(0xffff)) << 16 | 0xc, at: bar)
                // An odd upper half is taken for ports by lspci, where it has nothing but the bytes.
                put(UInt64(1 + random.below(0xff)) << 1, at: bar + 4)
                bar += 4
            case 2: put(UInt64(1 + random.below(0xff)) << 8 | 1, at: bar)
            default: break
            }
            bar += 4
        }
        if random.percent(30) { put(UInt64(1 + random.below(0xffff)) << 16 | 1, at: 0x30) }
        space.bytes[0x3c] = UInt8(random.below(256))
        space.bytes[0x3d] = UInt8(random.below(5))
        return space
    }

    @Test("The real lspci, over dumps of configuration space: the same addresses, ranges and lines, long and short")
    func peer() throws {
        let found = ["/usr/bin/lspci", "/sbin/lspci", "/usr/sbin/lspci"].lazy.compactMap { BuiltPackage.executable(URL(fileURLWithPath: $0)) }.first
        guard let lspci = found else {
            Peer.missing("lspci: nothing was compared with it")
            return
        }
        var random = SplitMix64(seed: Self.seed)
        let spaces = (0..<60).map { space($0, &random) }
        let dump = spaces.map { space in
            "\(space.address) device\n"
                + (0..<4).map { row in
                    "\(row)0:" + (0..<16).map { " " + (String(space.bytes[row * 16 + $0] | 0, radix: 16).count < 2 ? "0" : "") + String(space.bytes[row * 16 + $0], radix: 16) }.joined() + "\n"
                }.joined()
        }.joined(separator: "\n")
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("dump")
        try Data(dump.utf8).write(to: file)
        for options in ["-vvn", "-vn", "-vvvnn", "-vv"] {
            let output = try ProcessResult.run(lspci, ["-F", file.path, options], collecting: .standard).output
            let listing = try DeviceListing(output)
            #expect(Set(listing.devices.map(\.address)) == Set(spaces.map(\.address)))
            for space in spaces {
                let device = try #require(listing.devices.first { $0.address == space.address })
                let told = "seed \(Self.seed), \(options), \(space.address)"
                #expect(device.regions.filter { $0.space == .memory }.compactMap(\.address).sorted() == space.memory.sorted(), "\(told)")
                #expect(device.regions.filter { $0.space == .ports }.compactMap(\.address).sorted() == space.ports.sorted(), "\(told)")
                #expect(device.regions.allSatisfy { $0.size == nil }, "\(told)")
                #expect(device.interrupt == space.interrupt(isShort: options == "-vn"), "\(told)")
            }
        }
        // What was written by hand, with a bridge and capabilities.
        let output = try ProcessResult.run(lspci, ["-F", Self.folder.appendingPathComponent("config-space.txt").path, "-vvn"], collecting: .standard).output
        let devices = try DeviceListing(output).devices
        #expect(devices.map(\.address.number).sorted() == [0xc8, 0xe0, 0x25eff])
        #expect(devices.map(\.isBridge) == devices.map { $0.address.number == 0xe0 } && devices.map(\.interruptIsMessage) == devices.map { $0.address.number == 0xc8 })
    }
}
