/// Why a device model was not started: nothing of it runs then.
public struct LaunchFailure: Error, Hashable, Sendable {
    /// The step that could not be done, by its name; `clone` and `exec` are steps as well.
    public let step: String
    /// The call that failed, as Linux names it.
    public let call: String
    /// The system's error number.
    public let number: Int32
    /// What the call was about: a path, a number, a limit.
    public let object: String

    public init(step: String, call: String, number: Int32, object: String) {
        self.step = step
        self.call = call
        self.number = number
        self.object = object
    }
}
