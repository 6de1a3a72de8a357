import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// Parameters and alternate views, as `hvm_op` has them: who may set what, once or often, and which values mean something.
@Suite struct HVMOperationTests {
    @Test func guestsSetAndGetSomeOfTheirOwn() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 4)
        for index in 0..<HVMParameter.count {
            guard let parameter = HVMParameter(rawValue: index) else { continue }
            let set = lab.hvmParameter(.setParameter, Lab.caller, index, 0, as: 1)
            let get = lab.hvmParameter(.getParameter, Lab.caller, index, as: 1)
            if parameter.isDeprecated {
                #expect(set == -22 && get == -22, "\(parameter)")
                #expect(lab.hvmParameter(.setParameter, 1, index) == -22)
                continue
            }
            let isMeaningless = parameter == .vm86TSSSized
            #expect(set == (parameter.isSetByGuest ? (isMeaningless ? -22 : 0) : -1), "\(parameter)")
            #expect(get == (parameter.isGotByGuest ? 0 : -1), "\(parameter)")
        }
        #expect(lab.hvmParameter(.setParameter, 1, HVMParameter.count) == -22)
        #expect(lab.hvmParameter(.getParameter, 1, .max) == -22)
        #expect(lab.hvmParameter(.getParameter, 5, 1) == -3)
        #expect(lab.hvmParameter(.getParameter, 0, 1) == -22)
    }

    @Test func valuesThatMeanNothingAreRefused() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 4)
        func set(_ parameter: HVMParameter, _ value: UInt64) -> Int64 { lab.hvmParameter(.setParameter, 1, parameter.rawValue, value) }
        func get(_ parameter: HVMParameter) -> UInt64 {
            _ = lab.hvmParameter(.getParameter, 1, parameter.rawValue)
            return lab.answer(16).word64(at: 8)
        }
        #expect(set(.timerMode, 4) == -22 && set(.timerMode, 3) == 0 && get(.timerMode) == 3)
        #expect(set(.viridian, 2) == -22 && set(.viridian, 1 << 13 | 1) == -22 && set(.viridian, 3) == 0)
        #expect(set(.viridian, 3) == 0 && set(.viridian, 1) == -17)
        #expect(set(.acpiSleepState, 1) == -22 && set(.acpiSleepState, 3) == 0 && get(.acpiSleepState) == 3)
        #expect(set(.tripleFaultReason, 6) == -22 && get(.tripleFaultReason) == 1)
        #expect(set(.serverFrameCount, 0) == -22 && set(.serverFrameCount, 65) == -22 && set(.serverFrameCount, 8) == 0)
        #expect(set(.x87InstructionPointerWidth, 5) == -22)
        #expect(set(.vm86TSS, 1 << 32) == -22 && set(.vm86TSS, 0x1000) == 0 && get(.vm86TSS) == 0x1000)
        #expect(get(.vm86TSSSized) == 128 << 32 | 0x1000)
        #expect(set(.vm86TSSSized, 103 << 32) == -22)
        #expect(set(.vm86TSSSized, 0xfffff << 32) == 0 && get(.vm86TSSSized) >> 32 == 104 + 32 + 8_192 + 1)
        #expect(set(.alternateViews, 4) == -22 && set(.alternateViews, 1) == 0 && set(.alternateViews, 2) == -17)
    }

    @Test func viewsAreMadeAndChanged() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 64)
        #expect(lab.alternateViews(.create, 1) == -95)
        #expect(lab.alternateViews(.getState, 1) == -22)
        _ = lab.hvmParameter(.setParameter, 1, HVMParameter.alternateViews.rawValue, 1)
        #expect(lab.alternateViews(.setState, 1) { $0.set(1 as UInt8, at: 16) } == 0)
        #expect(lab.alternateViews(.create, 1) { $0.set(11 as UInt16, at: 18) } == -22)
        #expect(lab.alternateViews(.create, 1) { $0.set(4 as UInt16, at: 18) } == 0)
        #expect(lab.answer(80).word16(at: 16) == 1)
        func access(_ view: UInt16, _ frame: UInt64) -> (Int64, UInt16) {
            let result = lab.alternateViews(.getAccess, 1) { call in
                call.set(view, at: 16)
                call.set(frame, at: 24)
            }
            return (result, lab.answer(80).word16(at: 18))
        }
        #expect(access(1, 5) == (0, 4))
        #expect(access(1, 500).0 == -3)
        #expect(access(2, 5).0 == -22)
        let changed = lab.alternateViews(.setAccess, 1) { call in
            call.set(1 as UInt16, at: 16)
            call.set(1 as UInt16, at: 18)
            call.set(5 as UInt64, at: 24)
        }
        #expect(changed == 0)
        #expect(access(1, 5) == (0, 1) && access(0, 5) == (0, 7))
        #expect(lab.alternateViews(.change, 1) { $0.set(1 as UInt16, at: 16) } == 0)
        #expect(lab.alternateViews(.destroy, 1) { $0.set(1 as UInt16, at: 16) } == -16)
        #expect(lab.alternateViews(.getView, 1) == 0 && lab.answer(80).word16(at: 20) == 1)
        #expect(lab.alternateViews(.change, 1) == 0)
        #expect(lab.alternateViews(.destroy, 1) { $0.set(1 as UInt16, at: 16) } == 0)
        #expect(lab.alternateViews(.destroy, 1) == -16)
        #expect(lab.alternateViews(.getState, 1) { $0.set(1 as UInt16, at: 10) } == -22)
    }

    @Test func whatViewsAreForKeepsTheGuestFromThem() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 4)
        lab.change(1) { $0.hvm[.alternateViews] = 2 }
        #expect(lab.alternateViews(.getState, Lab.caller, as: 1) == -1)
        #expect(lab.alternateViews(.getState, 1) == 0)
        lab.change(1) { state in
            state.hvm[.alternateViews] = 3
            state.hvm.hasAlternateViews = true
        }
        #expect(lab.alternateViews(.create, Lab.caller, as: 1) == -1)
        #expect(lab.alternateViews(.enableNotification, Lab.caller, as: 1) { $0.set(2 as UInt64, at: 24) } == 0)
        lab.change(1) { $0.hvm[.alternateViews] = 1 }
        #expect(lab.alternateViews(.create, Lab.caller, as: 1) == 0)
    }
}
