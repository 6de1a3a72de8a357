import CSandbox
import Glibc

// SAFETY: the kernel copies the instructions before the call returns, and is told how many there are.

extension SystemCallFilter {
    /// Installs the filter for this process, which has one thread.
    func install() throws(StepFailure) { _ = try unsafe install { unsafe sandbox_filter($0, $1, 0) } }

    /// Installs it likewise, and hands over by a socket what its calls are heard by. From here on until it is, each call waits.
    func install(heardBy socket: Int32) throws(StepFailure) {
        let listener = try unsafe install { unsafe sandbox_filter_heard($0, $1) }
        try StepFailure.check(sandbox_hand_over(socket, listener), "sendmsg", "the listener")
    }

    private func install(_ call: (UnsafePointer<sock_filter>?, UInt16) -> Int32) throws(StepFailure) -> Int32 {
        let instructions = program.map { sock_filter(code: $0.code, jt: $0.ifTrue, jf: $0.ifFalse, k: $0.operand) }
        guard let count = UInt16(exactly: instructions.count) else {
            throw StepFailure(call: "seccomp", number: EINVAL, object: profile)
        }
        let result = unsafe instructions.withUnsafeBufferPointer { unsafe call($0.baseAddress, count) }
        try StepFailure.check(result, "seccomp", profile)
        return result
    }
}
