/// A descriptor that is looked at while a device model serves, and what is done when it has something to read.
struct WatchedDescriptor {
    enum Verdict {
        case goOn
        /// It is not to be looked at any more.
        case forget
        /// The device model has done its work.
        case end
    }

    let descriptor: Int32
    let act: () -> Verdict

    init(_ descriptor: Int32, _ act: @escaping () -> Verdict) {
        self.descriptor = descriptor
        self.act = act
    }
}
