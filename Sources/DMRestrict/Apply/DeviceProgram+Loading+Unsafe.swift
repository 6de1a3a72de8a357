import CSandbox
import Glibc

// SAFETY: the kernel copies instructions and strings before a call returns, and is told how many there are.

extension DeviceProgram {
    /// A descriptor of it in the kernel, or an error number with its sign turned.
    func load() -> Int32 { unsafe sandbox_load_device_program(instructions, UInt32(instructions.count)) }

    /// By what the kernel knows programs that do the same; nil where it does not take it.
    var nameByKernel: UInt64? {
        let program = load()
        guard program >= 0 else { return nil }
        defer { close(program) }
        var tag: UInt64 = 0
        return unsafe sandbox_program_tag(program, &tag) == 0 ? tag : nil
    }
}
