import CSandbox
import Glibc

// SAFETY: the kernel copies the instructions before the call returns, and is told how many there are.

extension SystemCallFilter {
    /// Installs the filter for this process, which has one thread.
    func install() throws(StepFailure) {
        let instructions = program.map { sock_filter(code: $0.code, jt: $0.ifTrue, jf: $0.ifFalse, k: $0.operand) }
        guard let count = UInt16(exactly: instructions.count) else {
            throw StepFailure(call: "seccomp", number: EINVAL, object: profile)
        }
        let result = unsafe instructions.withUnsafeBufferPointer { unsafe sandbox_filter($0.baseAddress, count, 0) }
        try StepFailure.check(result, "seccomp", profile)
    }
}
