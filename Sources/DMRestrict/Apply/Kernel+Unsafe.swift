import CSandbox

// SAFETY: the kernel copies the strings and numbers that it is passed before a call returns; Swift keeps them for that long.

/// Calls of the kernel's with strings, which fail with what was asked.
enum Kernel {
    static func write(_ text: String, to path: String) throws(StepFailure) {
        try StepFailure.check(unsafe sandbox_write(path, text), "write", path)
    }

    /// A setting that nobody can see from outside.
    static func set(_ text: String, at path: String) throws(StepFailure) {
        try StepFailure.check(unsafe sandbox_write_setting(path, text), "write", path)
    }

    static func become(label: String, by labels: Int32) throws(StepFailure) {
        try StepFailure.check(labels, "open", "/proc/self/attr")
        try StepFailure.check(unsafe sandbox_write_label(labels, "current", label), "write", "/proc/self/attr/current: \(label)")
    }

    static func mount(
        _ source: String?, at target: String, type: String? = nil, _ flags: UInt, data: String? = nil
    ) throws(StepFailure) {
        try StepFailure.check(unsafe sandbox_mount(source, target, type, flags, data), "mount", source ?? target)
    }

    static func isFolder(_ path: String) throws(StepFailure) -> Bool {
        let result = unsafe sandbox_is_directory(path)
        try StepFailure.check(result, "stat", path)
        return result == 1
    }

    /// Makes a folder, which may be there.
    static func makeFolder(_ path: String) throws(StepFailure) {
        try accept(unsafe sandbox_make_directory(path, 0o755), "mkdir", path)
    }

    /// Makes an empty file, which may be there.
    static func makeFile(_ path: String) throws(StepFailure) {
        try accept(unsafe sandbox_make_file(path, 0o644), "open", path)
    }

    private static func accept(_ result: Int32, _ call: String, _ path: String) throws(StepFailure) {
        let exists: Int32 = -17
        if result != exists { try StepFailure.check(result, call, path) }
    }

    /// Takes a control group away, where it is there and nobody is in it any more.
    static func removeGroup(_ path: String) { _ = unsafe sandbox_remove_group(path) }

    static func enterRoot(_ path: String, tree: String) throws(StepFailure) {
        try StepFailure.check(unsafe sandbox_enter_root(path, tree), "pivot_root", path)
    }

    static func isRefused(_ path: String) throws(StepFailure) -> Bool {
        let result = unsafe sandbox_is_refused(path)
        try StepFailure.check(result, "open", path)
        return result == 1
    }

    static func landlockAllow(_ rules: Int32, _ access: UInt64, _ path: String) throws(StepFailure) {
        try StepFailure.check(unsafe sandbox_landlock_allow(rules, access, path), "landlock_add_rule", path)
    }

    /// The new number of the descriptor that is kept besides.
    static func arrange(_ descriptors: [Int32], at numbers: [Int32], keeping kept: Int32) throws(StepFailure) -> Int32 {
        let result = unsafe sandbox_arrange(descriptors, numbers, numbers.count, kept)
        try StepFailure.check(result, "dup2", numbers.map { "\($0)" }.joined(separator: " "))
        return result
    }
}
