/// What must hold whatever the input: the fuzzer takes the end of the process for a finding, and the log has the words.
func claim(_ what: @autoclosure () -> String, _ holds: Bool) {
    if !holds { fatalError(what()) }
}
