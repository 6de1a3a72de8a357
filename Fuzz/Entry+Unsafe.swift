// SAFETY: libFuzzer hands in a buffer of `count` bytes that lives as long as the call; it is copied before it is used.

/// What libFuzzer calls for every input. The target in the same executable says what becomes of it; a trap, and nothing
/// else, is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    exercise(bytes)
    return 0
}
