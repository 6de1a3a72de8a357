/// A call of a step that failed.
struct StepFailure: Error {
    let call: String
    let number: Int32
    let object: String

    /// Throws where a result is an error number with its sign turned.
    static func check(_ result: Int32, _ call: String, _ object: @autoclosure () -> String) throws(StepFailure) {
        if result < 0 { throw StepFailure(call: call, number: -result, object: object()) }
    }
}
