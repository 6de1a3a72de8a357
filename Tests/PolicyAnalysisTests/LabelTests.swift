import Diagnostics
import Flask
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Devices are what their numbers say, and have the contexts that Xen finds")
struct LabelTests {
    private static let seed = RandomTest.seed()

    private func text(_ device: Device) -> String { String(decoding: device.statement(context: Array("C".utf8)), as: UTF8.self) }

    private func statement(_ text: String, _ kind: DeviceKind?) throws -> String { self.text(try Device(text, kind: kind)) }

    // MARK: Numbers

    @Test("Every PCI number is an address, and every address its number")
    func addresses() throws {
        var random = SplitMix64(seed: Self.seed)
        for _ in 0..<2_000 {
            let number = UInt32(truncatingIfNeeded: random.next())
            let address = PCIAddress(number: number)
            #expect(address.number == number, "seed \(Self.seed)")
            #expect(number == UInt32(address.segment) * 65_536 + UInt32(address.bus) * 256 + UInt32(address.device) * 8 + UInt32(address.function))
            #expect(try PCIAddress(address.description) == address)
            #expect(try PCIAddress(address.description.uppercased()) == address)
            if address.segment == 0 { #expect(try PCIAddress(String(address.description.dropFirst(5))) == address) }
        }
        #expect(try PCIAddress("03:00.0").number == 0x300 && PCIAddress("0001:e1:1f.7").number == 0x1e1ff)
    }

    @Test("Statements for what is asked")
    func statements() throws {
        #expect(try statement("0000:03:00.0", .pci) == "pcidevicecon 0x300 C")
        #expect(try statement("0x300", .pci) == "pcidevicecon 0x300 C")
        #expect(try Device("0x300", kind: .pci) == Device("03:00.0", kind: nil))
        #expect(try statement("0xfebe0000-0xfebfffff", .memory) == "iomemcon 0xfebe0-0xfebff C")
        #expect(try statement("0xfebe0000+128K", .memory) == "iomemcon 0xfebe0-0xfebff C")
        #expect(try statement("0xfebd9000", .memory) == "iomemcon 0xfebd9 C")
        #expect(try statement("0xfebe0-0xfebff", .frames) == "iomemcon 0xfebe0-0xfebff C")
        #expect(try statement("0x3f8-0x3ff", .ports) == "ioportcon 0x3f8-0x3ff C")
        #expect(try statement("0x3f8+8", .ports) == "ioportcon 0x3f8-0x3ff C")
        #expect(try statement("33", .irq) == "pirqcon 33 C")
        #expect(try statement("/soc/serial@7e201000", nil) == "devicetreecon \"/soc/serial@7e201000\" C")
        #expect(try statement("0x0-0xffffffffffffffff", .memory) == "iomemcon 0x0-0xfffffffffffff C")
    }

    @Test("What lies beside a page's edge is told, and what lies too high")
    func remarks() throws {
        #expect(try Device("0xfebe0000-0xfebfffff", kind: .memory).remarks.isEmpty)
        #expect(try Device("0xfebe0800-0xfebf07ff", kind: .memory).remarks.count == 2)
        #expect(try Device("0xfebe0000-0xfec00000", kind: .memory).remarks.contains { $0.contains("did you mean 0xfebfffff") })
        #expect(try Device("0x0-0xffffffffffffffff", kind: .memory).remarks.contains { $0.contains("16 TiB") })
        #expect(try Device("0xfebe0-0xfebff", kind: .frames).description.contains("0xfebe0000-0xfebfffff: 128 KiB"))
    }

    @Test(
        "What is none is refused, with what it should be",
        arguments: [
            ("03:00", .pci, "0000:03:00.0"), ("03:20.0", .pci, "highest is 0x1f"), ("03:00.8", .pci, "highest is 0x7"),
            ("10000:03:00.0", .pci, "highest is 0xffff"), ("300", .pci, "0x300"), ("0x100000000", .pci, "32 bits"), ("-3:00.0", .pci, "bus"),
            ("febe0000", .memory, "write `0xfebe0000`"), ("90000000", .memory, "write `0x90000000`"), ("0xg", .memory, "no address"),
            ("0x2000-0x1000", .memory, "before it begins"), ("0xfffffffffffff000+8K", .memory, "behind the last"), ("0x1000+0", .memory, "no size"),
            ("0x1000+16777216T", .memory, "no size"), ("0x10000000000000000", .memory, "too large"),
            ("0xfebe000000000000", .frames, "is `0xfebe000000000000` an address?"), ("0x10000", .ports, "0xffff"), ("", .ports, "no port"),
            ("65536", .irq, "end at 65535"), ("09", .irq, "octal"), ("0x", .irq, "no interrupt"), ("soc", .dt, "begins with `/`"), ("/a b", .dt, "spaces"),
            ("/a\"b", .dt, "quotes"), ("0x300", nil, "what kind"), ("", nil, "what kind"),
        ] as [(String, DeviceKind?, String)])
    func refused(_ text: String, _ kind: DeviceKind?, _ part: String) throws {
        let mistake = #expect(throws: LabelMistake.self) { try Device(text, kind: kind) }
        #expect(mistake?.message.contains(part) == true, "\(mistake?.message ?? "")")
    }

    // MARK: Policies

    private func policy(_ release: String, _ change: (inout DeviceContexts, (Int) -> SecurityContext) -> Void) -> Policy {
        var policy = ReleasePolicy(release).policy
        let contexts = policy.initialContexts.map(\.context)
        change(&policy.deviceContexts) { contexts[$0 % contexts.count] }
        return policy
    }

    /// As Xen 4.12 and later keep a list of ranges, entry by entry (written after what it does: a pointer to where the next goes).
    private func kept(_ ranges: [(low: UInt64, high: UInt64)]) -> [Int] {
        var list: [Int] = []
        var next = 0
        var last: Int?
        for (index, range) in ranges.enumerated() {
            if next < list.count || last.map({ ranges[$0].high >= range.low }) ?? false {
                next = 0
                while next < list.count, ranges[list[next]].high < range.low { next += 1 }
            }
            list.insert(index, at: next)
            next += 1
            last = index
        }
        return list
    }

    @Test("Each frame and port has the context that our security server gives it, and that brute force finds", arguments: ["4.11", "4.17", "4.22"])
    func bruteForce(_ release: String) throws {
        var random = SplitMix64(seed: Self.seed)
        var overlapping = 0
        // Until enough of them were in each other's way.
        for round in 0..<200 where round < 10 || overlapping <= 3 {
            let count = random.below(7)
            let policy = policy(release) { devices, context in
                for place in 0..<count {
                    let low = UInt32(random.below(40))
                    let high = random.percent(8) ? UInt32(random.below(40)) : low + UInt32(random.below(12))
                    devices.ioMemory.append(.init(low: UInt64(low), high: UInt64(high), context: context(place + random.below(2))))
                    devices.ioPorts.append(.init(low: low + 1, high: high + 1, context: context(place)))
                    devices.interrupts.append(.init(number: low % 8, context: context(place)))
                    devices.pciDevices.append(.init(address: low % 8, context: context(place)))
                }
            }
            let told = "seed \(Self.seed), round \(round)"
            let analysed = AnalysedPolicy(policy, release: XenRelease(release))
            let vocabulary = try #require(ReleaseTables(named: release)).vocabulary
            let server = SecurityServer(vocabulary: vocabulary)
            _ = try server.load(ImageWriter.write(policy, layout: .checkpolicy3_6).bytes)
            let memory = policy.deviceContexts.ioMemory
            let order = release == "4.11" ? Array(memory.indices) : kept(memory.map { ($0.low, $0.high) })
            for number in 0..<54 as Range<UInt64> {
                for (device, kind) in [
                    (try Device("0x\(String(number, radix: 16))", kind: .frames), ObjectKind.ioMemory),
                    (try Device("0x\(String(number, radix: 16))", kind: .ports), .ioPorts), (try Device("\(number)", kind: .irq), .interrupt),
                    (try Device("0x\(String(number, radix: 16))", kind: .pci), .pciDevice),
                ] where number < 10 || kind == .ioMemory || kind == .ioPorts && number % 3 == 0 {
                    let stretch = try #require(analysed.labels(of: device).first)
                    let ours = stretch.context.map { String(decoding: $0, as: UTF8.self) }
                    let theirs = String(decoding: try server.text(of: server.identifier(of: number, kind)), as: UTF8.self)
                    #expect(ours == theirs, "\(told): \(device)")
                }
                let first = order.first { memory[$0].low <= number && number <= memory[$0].high }
                guard case .statement(let entry) = try analysed.labels(of: Device("0x\(String(number, radix: 16))", kind: .frames))[0].origin else {
                    #expect(first == nil, "\(told), frame \(number)")
                    continue
                }
                #expect(first.map { PolicyStatement.ioMemory(memory[$0]) } == entry.found.statement, "\(told), frame \(number)")
            }
            try checkStretches(analysed, memory, order, told)
            let coverage = try analysed.labelCoverage()
            #expect(coverage.entries.count == 4 * count && !coverage.hasMoreMistakes)
            overlapping += checkMistakes(coverage, memory, order, told)
        }
        #expect(overlapping > 0, "seed \(Self.seed)")
    }

    /// A range's stretches are those of its frames, one by one.
    private func checkStretches(_ analysed: AnalysedPolicy, _ memory: [DeviceContexts.IOMemory], _ order: [Int], _ told: String) throws {
        var next: UInt64 = 2
        for stretch in try analysed.labels(of: Device("0x2-0x37", kind: .frames)) {
            let range = try #require(stretch.range)
            #expect(range.lowerBound == next, "\(told)")
            next = range.upperBound + 1
            for frame in range {
                let owner = order.first { memory[$0].low <= frame && frame <= memory[$0].high }
                if case .statement(let entry) = stretch.origin {
                    #expect(owner.map { PolicyStatement.ioMemory(memory[$0]) } == entry.found.statement, "\(told), frame \(frame)")
                } else {
                    #expect(owner == nil, "\(told), frame \(frame)")
                }
            }
        }
        #expect(next == 0x38, "\(told)")
    }

    /// Overlaps among frames: which statement has how many of its frames for nothing.
    private func checkMistakes(_ coverage: LabelCoverage, _ memory: [DeviceContexts.IOMemory], _ order: [Int], _ told: String) -> Int {
        func key(_ loser: DeviceContexts.IOMemory, _ winner: DeviceContexts.IOMemory) -> String { "\(loser) \(winner)" }
        var wanted: [String: Int] = [:]
        for (place, entry) in memory.enumerated() where entry.low <= entry.high {
            for frame in entry.low...entry.high {
                guard let owner = order.first(where: { memory[$0].low <= frame && frame <= memory[$0].high }), owner != place else { continue }
                wanted[key(entry, memory[owner]), default: 0] += 1
            }
        }
        var found: [String: Int] = [:]
        for mistake in coverage.mistakes {
            guard case .ioMemory(let loser) = mistake.statement.found.statement, case .ioMemory(let winner)? = mistake.winner?.found.statement else { continue }
            #expect((mistake.kind == .duplicate) == (mistake.shared == nil))
            if let numbers = mistake.shared?.split(separator: "-").compactMap({ UInt64($0.dropFirst(2), radix: 16) }) {
                found[key(loser, winner), default: 0] += Int(numbers[numbers.count - 1] - numbers[0]) + 1
            } else {
                // All of it is another's, who may have lost some of that to a third.
                #expect(loser.low == winner.low && loser.high == winner.high, "\(told)")
                let owned = (loser.low...loser.high).count { frame in
                    order.first { memory[$0].low <= frame && frame <= memory[$0].high }.map { memory[$0] } == winner
                }
                if owned > 0 { found[key(loser, winner), default: 0] += owned }
            }
            #expect(mistake.isHarmless == (loser.context == winner.context))
        }
        #expect(found == wanted, "\(told)")
        let empty = memory.count { $0.low > $0.high }
        #expect(coverage.mistakes.count { mistake in
            if case .ioMemory = mistake.statement.found.statement { mistake.kind == .empty } else { false }
        } == empty, "\(told)")
        return wanted.count
    }

    @Test("Mistakes in numbers are told, and a clean policy has none")
    func coverage() throws {
        func kinds(_ change: (inout DeviceContexts, (Int) -> SecurityContext) -> Void) throws -> [LabelCoverage.Mistake.Kind] {
            try AnalysedPolicy(policy("4.17", change)).labelCoverage().mistakes.map(\.kind)
        }
        #expect(try kinds { devices, context in devices.interrupts = [.init(number: 65_553, context: context(1))] } == [.interruptTooHigh(17)])
        #expect(
            try kinds { devices, context in
                devices.interrupts = [.init(number: 65_553, context: context(1)), .init(number: 17, context: context(2))]
            }.contains(.duplicate))
        #expect(try kinds { devices, context in devices.ioPorts = [.init(low: 0xffff, high: 0x10000, context: context(1))] } == [.outOfRange])
        #expect(
            try kinds { devices, context in
                devices.deviceTreeNodes = [.init(path: "/a", context: context(1)), .init(path: "/b", context: context(1)), .init(path: "/a", context: context(2))]
            } == [.duplicate])
        #expect(try SmallPolicy.analysed().labelCoverage().mistakes.isEmpty)
        let entries = try SmallPolicy.analysed().labelCoverage().entries
        #expect(entries.map { $0.device.map(text) ?? "" } == [
            "pcidevicecon 0xc800 C", "pirqcon 33 C", "iomemcon 0xfebe0-0xfebff C", "iomemcon 0xfec9f C", "ioportcon 0xeac0-0xeadf C",
            "devicetreecon \"/soc/serial\" C",
        ])
    }

    @Test("Of a source the line is told, and of what no statement is about the initial SID")
    func origins() throws {
        let policy = try SmallPolicy.analysed()
        let stretches = try policy.labels(of: Device("0xfebff-0xfec00", kind: .frames))
        #expect(stretches.map(\.range) == [0xfebff...0xfebff, 0xfec00...0xfec00])
        guard case .statement(let entry)? = stretches.first?.origin, case .initialSID(let name)? = stretches.last?.origin else {
            Issue.record("\(stretches)")
            return
        }
        let line = SmallPolicy.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("0xfebe0") }
        #expect(entry.places?.first?.location.line == line.map { $0 + 1 } && name == "iomem" && stretches.last?.context == nil)
        #expect(throws: QuestionMistake.self) { try policy.checkLabel("system_u:object_r:nobody_t") }
        try policy.checkLabel("system_u:object_r:irq_t")
    }

    @Test("Thousands of ranges in the worst order are put in order in no time")
    func manyRanges() throws {
        let count = 12_000
        let analysed = AnalysedPolicy(policy("4.17") { devices, context in
            // Each second one ascending, and then those between them: each has to be looked for.
            for place in 0..<count {
                let low = UInt64(place < count / 2 ? place * 4 : (place - count / 2) * 4 + 2)
                devices.ioMemory.append(.init(low: low, high: low + 1, context: context(1)))
            }
        })
        let start = processorTime()
        let ordered = analysed.policy.deviceContexts.loaded(by: .newest).ioMemory
        #expect(zip(ordered, ordered.dropFirst()).allSatisfy { $0.high < $1.low })
        #expect(try analysed.labelCoverage().entries.count == count)
        #expect(processorTime() - start < .seconds(20))
    }
}
