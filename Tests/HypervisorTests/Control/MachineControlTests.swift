import Flask
import Synchronization
import Testing

@testable import Hypervisor

/// Pools, parameters, patches and other state of the machine.
@Suite struct MachineControlTests {
    private func pool(
        _ lab: Lab, _ operation: UInt32, _ number: UInt32 = 0, cpu: UInt32 = 0, scheduler: UInt32 = 6, domain: UInt32 = 0
    ) -> Int64 {
        lab.sysctl(.cpuPoolOperation) { call in
            call.set(operation, at: 8)
            call.set(number, at: 12)
            call.set(scheduler, at: 16)
            call.set(domain, at: 20)
            call.set(cpu, at: 24)
            call.set(Lab.buffer, at: 32)
            call.set(8 as UInt32, at: 40)
        }
    }

    @Test func poolsAreAsInXen() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect(pool(lab, 3) == 0)
        #expect(lab.answer(136).word32(at: 28) == 2)
        #expect(lab.memory.read(1, at: Lab.buffer) == [0xf])
        #expect(pool(lab, 1, .max) == 0)
        #expect(lab.answer(136).word32(at: 12) == 1)
        #expect(pool(lab, 1, 1) == -17)
        #expect(pool(lab, 1, 2, scheduler: 99) == -2)
        #expect(pool(lab, 4, 1, cpu: 3) == -19)
        // The first processor stays in the first pool.
        #expect(pool(lab, 5, 0, cpu: 0) == -22)
        #expect(pool(lab, 6, 1, domain: 1) == -2)
        #expect(pool(lab, 5, 0, cpu: 3) == 0)
        #expect(pool(lab, 7) == 0)
        #expect(lab.memory.read(1, at: Lab.buffer) == [0x8])
        #expect(pool(lab, 5, 0, cpu: 3) == -99)
        #expect(pool(lab, 4, 1, cpu: .max) == 0)
        #expect(pool(lab, 6, 1, domain: 1) == 0)
        #expect(pool(lab, 6, 1, domain: 0) == -1)
        #expect(pool(lab, 5, 1, cpu: 3) == -16)
        #expect(pool(lab, 2, 1) == -16)
        #expect(pool(lab, 6, 0, domain: 1) == 0)
        #expect(pool(lab, 5, 1, cpu: 3) == 0)
        #expect(pool(lab, 2, 1) == 0)
        #expect(pool(lab, 3, 1) == -2)
        #expect(pool(lab, 9) == -38)
        #expect(lab.hypervisor.machine.withLock { $0.violations() } == [])
    }

    @Test func weightsAreKept() throws {
        let lab = try Lab()
        _ = lab.takeLines()
        try lab.createDomain()
        func adjust(_ command: UInt32, weight: UInt16 = 0, cap: UInt16 = 0, scheduler: UInt32 = 6) -> Int64 {
            lab.domctl(.schedulerOperation, 1) { call in
                call.set(scheduler, at: 16)
                call.set(command, at: 20)
                call.set(weight, at: 24)
                call.set(cap, at: 26)
            }
        }
        #expect(adjust(0, weight: 512, cap: 50) == 0)
        #expect(adjust(1) == 0)
        #expect(lab.answer(144).word16(at: 24) == 512 && lab.answer(144).word16(at: 26) == 50)
        #expect(adjust(0, cap: 101) == -22)
        #expect(adjust(1, scheduler: 5) == -22)
        #expect(adjust(7) == -1)
        #expect(lab.takeLines() == ["FLASK: Denying unknown domctl_scheduler_op: 7."])
    }

    @Test func parametersAreFiles() throws {
        let lab = try Lab()
        #expect(lab.filesystem(1, "/", size: 4_096) == 0)
        let root = lab.memory.read(200, at: Lab.buffer) ?? []
        #expect(String(decoding: root, as: UTF8.self).contains("buildinfo"))
        #expect(lab.filesystem(1, "/", size: 12) == -105)
        #expect(lab.filesystem(1, "/", size: 11) == -22)
        #expect(lab.filesystem(1, "params", size: 4_096) == -22)
        #expect(lab.filesystem(1, "/nothing", size: 4_096) == -2)
        _ = lab.memory.write(Array("all\0".utf8), at: Lab.buffer)
        #expect(lab.filesystem(2, "/params/loglvl", size: 4) == 0)
        #expect(lab.filesystem(2, "/params/loglvl", size: 3) == -22)
        #expect(lab.filesystem(2, "/params/loglvl", size: 17) == -28)
        #expect(lab.filesystem(2, "/params/global-pages", size: 4) == -33)
        #expect(lab.filesystem(2, "/params", size: 4) == -13)
        #expect(lab.filesystem(2, "/cpupool/0/sched-gran", size: 4) == -22)
        _ = lab.memory.write(Array("cpu\0".utf8), at: Lab.buffer)
        #expect(lab.filesystem(2, "/cpupool/0/sched-gran", size: 4) == -16)
        #expect(lab.filesystem(1, "/params/loglvl", size: 4_096) == 0)
        #expect(lab.memory.read(16, at: Lab.buffer) == [2, 0, 0, 0, 4, 0, 0, 0, 16, 0, 0, 0] + Array("all\0".utf8))
        #expect(lab.filesystem(5, "/params", size: 4) == -95)
    }

    @Test func processorsComeAndGo() throws {
        let lab = try Lab()
        func plug(_ cpu: UInt32, _ operation: UInt32) -> Int64 {
            lab.sysctl(.cpuHotplug) {
                $0.set(cpu, at: 8)
                $0.set(operation, at: 12)
            }
        }
        #expect(plug(1, 1) == 0)
        #expect(plug(1, 1) == -22)
        #expect(plug(0, 1) == -22)
        #expect(lab.platform(.processorInfo) { $0.set(1 as UInt32, at: 8) } == 0)
        #expect(lab.answer(136).word32(at: 16) == 0)
        #expect(plug(1, 0) == 0)
        #expect(plug(1, 0) == -17)
        #expect(plug(9, 0) == -22)
        #expect(plug(1, 2) == -95)
    }

    @Test func versionsComeFirst() throws {
        let lab = try Lab()
        _ = lab.takeLines()
        #expect(lab.platform(.setTime32) { $0.set(7 as UInt32, at: 4) } == -13)
        #expect(lab.call(.machineCheck, ABIStructure(size: 152)) == -13)
        #expect(lab.takeLines() == [])
    }

    /// What exists where the command line says so does not exist elsewhere.
    @Test func someIsForTheCommandLine() throws {
        let lab = try Lab()
        #expect(lab.call(.argo, [1, 0, 0, 0, 0]) == -95)
        #expect(lab.call(.performanceMonitoring, [0, Lab.buffer]) == -95)
        #expect(lab.call(.argo, [1, 0, 0, 1 << 32, 0]) == -22)
    }

    /// Commands that no permission is known for are refused by name.
    @Test func theUnknownIsRefused() throws {
        let lab = try Lab()
        _ = lab.takeLines()
        try lab.createDomain()
        #expect(lab.domctl(.setBrokenPage, 1) == -1)
        #expect(lab.sysctl(.pageOffline) { $0.set(9 as UInt32, at: 8) } == -1)
        #expect(lab.domctl(.shadowOperation, 1) { $0.set(3 as UInt32, at: 16) } == -1)
        #expect(
            lab.takeLines() == [
                "FLASK: Denying unknown domctl: 67.", "FLASK: Denying unknown page_offline: 9.",
                "FLASK: Denying unknown shadow_control: 3.",
            ])
    }

    /// Without Flask control hypercalls are the first domain's, and some a device model's over its own domain.
    @Test func withoutFlaskItIsTheFirstDomains() throws {
        let lab = try Lab(Lab.policy()) { $0.module = .dummy }
        for number: UInt16 in 1...3 { try lab.createPlainDomain(number) }
        #expect(lab.domctl(.setTarget, 2) { $0.set(1 as UInt16, at: 16) } == 0)
        for command in DomainControlCommand.allCases where command != .getDomainInfo {
            let isDeviceModels = [.ioPortMapping, .memoryMapping, .bindPassthroughIRQ, .unbindPassthroughIRQ].contains(command)
            #expect(lab.domctl(command, 1, as: 3) == -1, "\(command)")
            if !isDeviceModels { #expect(lab.domctl(command, 1, as: 2) == -1, "\(command)") }
        }
        for command in SystemControlCommand.allCases { #expect(lab.sysctl(command, as: 3) == -1, "\(command)") }
        for command in PlatformCommand.allCases { #expect(lab.platform(command, as: 3) == -1, "\(command)") }
        #expect(lab.domctl(.ioPortMapping, 1, as: 2) { $0.set(1 as UInt32, at: 24) } == -1)
        _ = lab.domctl(.ioPortPermission, 2) { call in
            call.set(1 as UInt32, at: 20)
            call.set(1 as UInt8, at: 24)
        }
        let mapping: (inout ABIStructure) -> Void = { call in
            call.set(1 as UInt32, at: 24)
            call.set(1 as UInt32, at: 28)
        }
        #expect(lab.domctl(.ioPortMapping, 1, as: 2, mapping) == 0)
        #expect(lab.domctl(.ioPortMapping, 3, as: 2, mapping) == -1)
    }
}
