import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Whatever is asked for, of whatever, by whomever: nothing traps, and the machine stays in order.
@Suite struct HostileControlTests {
    /// Words of which most mean something: small numbers, numbers of domains, addresses of buffers, and ends of ranges.
    private static func word(_ random: inout SplitMix64) -> UInt64 {
        let buffers: [UInt64] = [Lab.argument, Lab.buffer, Lab.buffer + 0x100, Lab.buffer + 0x1fff8, 1, .max]
        return switch random.next() % 12 {
        case 0...4: random.next() % 8
        case 5: random.next() % 64
        case 6, 7: buffers[Int(random.next() % UInt64(buffers.count))]
        case 8: [0x7ff0, 0x7ff1, 0x7ff4, 0xffff, 0x1_0000, 0xffff_ffff, 0x8000_0000][Int(random.next() % 7)]
        case 9: 1 << (random.next() % 64)
        case 10: UInt64.max - random.next() % 4
        default: random.next()
        }
    }

    private static func structure(_ size: Int, _ random: inout SplitMix64) -> ABIStructure {
        var structure = ABIStructure(size: size)
        for offset in stride(from: 0, to: size - size % 4, by: 4) {
            structure.set(UInt32(truncatingIfNeeded: word(&random)), at: offset)
        }
        // Pointers and other wide words.
        for offset in stride(from: 8, to: size - size % 8, by: 8) where random.next() % 2 == 0 {
            structure.set(word(&random), at: offset)
        }
        return structure
    }

    private static func lab(_ module: SecurityModule) throws -> Lab {
        let lab = try Lab(Lab.policy()) {
            $0.module = module
            $0.commandLine = "argo=1,mac-permissive=1 vpmu"
        }
        if module == .flask {
            try lab.createDomain()
            try lab.createDomain("other", isHVM: false, processors: 2)
        } else {
            for number: UInt16 in 1...2 { try lab.createPlainDomain(number, isHVM: number == 1) }
        }
        _ = lab.plug(0x100)
        _ = lab.plug(0x101)
        _ = lab.mapInterrupt(5, to: 1)
        return lab
    }

    private func check(_ lab: Lab, _ seed: UInt64, _ what: String) {
        let violations = lab.hypervisor.machine.withLock { $0.violations() }
        #expect(violations == [], "\(what), seed \(seed)")
    }

    @Test(arguments: [SecurityModule.flask, .dummy]) func domctlHoldsItsOwn(_ module: SecurityModule) throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let lab = try Self.lab(module)
        for command in DomainControlCommand.allCases where ![.destroyDomain, .createDomain].contains(command) {
            for _ in 0..<60 {
                var call = Self.structure(144, &random)
                call.set(command.rawValue, at: 0)
                call.set(Hypervisor.domainControlVersion, at: 4)
                call.set(UInt16(random.next() % 3), at: 8)
                _ = lab.memory.write(Self.structure(256, &random).bytes, at: Lab.buffer)
                _ = lab.call(.domainControl, call, as: UInt16(random.next() % 8 == 0 ? 1 : 0))
            }
            check(lab, seed, "\(command)")
        }
    }

    @Test func sysctlAndPlatformHoldTheirOwn() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let lab = try Self.lab(.flask)
        for command in SystemControlCommand.allCases {
            for _ in 0..<60 {
                var call = Self.structure(136, &random)
                call.set(command.rawValue, at: 0)
                call.set(Hypervisor.systemControlVersion, at: 4)
                _ = lab.memory.write(Self.structure(256, &random).bytes, at: Lab.buffer)
                _ = lab.call(.systemControl, call)
            }
            check(lab, seed, "\(command)")
        }
        for command in PlatformCommand.allCases {
            for _ in 0..<60 {
                var call = Self.structure(136, &random)
                call.set(command.rawValue, at: 0)
                call.set(Hypervisor.platformVersion, at: 4)
                _ = lab.call(.platformOperation, call)
            }
            check(lab, seed, "\(command)")
        }
    }

    /// Hypercalls that take numbers and one structure or several.
    @Test(arguments: [
        HypercallNumber.physicalDevice, .kexec, .hypervisorFilesystem, .argo, .performanceMonitoring, .machineCheck,
        .virtualProcessor, .profiling, .console, .version, .security,
    ]) func othersHoldTheirOwn(_ number: HypercallNumber) throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let lab = try Self.lab(.flask)
        for round in 0..<1_500 {
            _ = lab.memory.write(Self.structure(512, &random).bytes, at: Lab.argument)
            if random.next() % 2 == 0 { _ = lab.memory.write(Self.structure(256, &random).bytes, at: Lab.buffer) }
            if number == .hypervisorFilesystem {
                let paths = [
                    "/", "/params", "/params/loglvl", "/params/global-pages", "/cpupool/0/sched-gran", "//", "/buildinfo/version",
                ]
                _ = lab.memory.write(Array(paths[round % paths.count].utf8) + [0], at: Lab.argument)
            }
            var arguments = (0..<5).map { _ in Self.word(&random) }
            arguments[0] = random.next() % 40
            if random.next() % 2 == 0 { arguments[1] = Lab.argument }
            if number == .machineCheck { arguments[0] = Lab.argument }
            if number == .hypervisorFilesystem { arguments[0] = random.next() % 4 }
            if number == .argo { arguments[0] = random.next() % 6 }
            // One that loads a policy, sets modes or labels would change what the others are let do.
            if number == .security { _ = lab.memory.write([UInt8(random.next() % 2 == 0 ? 5 : 22)], at: Lab.argument) }
            _ = lab.call(number, arguments, as: UInt16(random.next() % 3))
        }
        check(lab, seed, "\(number)")
    }

    /// Domains come and go while others give them things.
    @Test func livesEndInOrder() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let lab = try Self.lab(.flask)
        for _ in 0..<250 {
            let domain = UInt16(1 + random.next() % 4)
            switch random.next() % 8 {
            case 0: _ = try? lab.createDomain("guest", number: domain)
            case 1: _ = lab.domctl(.destroyDomain, domain)
            case 2: _ = lab.domctl(.assignDevice, domain) { $0.set(0x100 as UInt32 + UInt32(random.next() % 2), at: 24) }
            case 3: _ = lab.mapInterrupt(Int32(random.next() % 24), to: domain)
            case 4: _ = lab.mapMessage(of: 0x100, to: domain)
            case 5: _ = lab.registerRing(port: UInt32(random.next() % 2), partner: UInt16(random.next() % 5), as: domain)
            case 6: _ = lab.sendMessage("text", toPort: UInt32(random.next() % 2), of: domain, as: UInt16(random.next() % 5))
            default: _ = lab.domctl(.setVirtualIRQHandler, domain) { $0.set(3 as UInt32, at: 16) }
            }
            check(lab, seed, "lives")
        }
    }
}

extension Lab {
    /// Creates a domain where labels mean nothing.
    func createPlainDomain(_ number: UInt16, isHVM: Bool = true, processors: UInt32 = 1) throws {
        let result = domctl(.createDomain, number) { call in
            call.set(isHVM ? 0x23 : 0x20 as UInt32, at: 36)
            call.set(processors, at: 44)
            call.set(1_023 as UInt32, at: 48)
            call.set(2 as UInt32, at: 60)
        }
        guard result == 0, domctl(.maximumProcessors, number, { $0.set(processors, at: 16) }) == 0,
            domctl(.unpauseDomain, number) == 0
        else { throw LabError.failed(result) }
    }
}
