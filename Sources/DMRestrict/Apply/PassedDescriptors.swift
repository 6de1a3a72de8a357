/// The launcher's descriptors that a program gets, by the numbers that they have in it.
///
/// They are few, and two lists of numbers: making a type of dictionary at run time takes as long as some of a launch's steps.
public struct PassedDescriptors: Hashable, Sendable {
    private var numbers: [Int32] = []
    private var sources: [Int32] = []

    public init() {}

    /// Input, output and error output as they are in the launcher.
    public static var standardStreams: PassedDescriptors {
        var descriptors = PassedDescriptors()
        for number: Int32 in 0..<3 { descriptors[number] = number }
        return descriptors
    }

    /// What a program's descriptor is in the launcher.
    public subscript(number: Int32) -> Int32? {
        get { numbers.firstIndex(of: number).map { sources[$0] } }
        set {
            if let index = numbers.firstIndex(of: number) {
                numbers.remove(at: index)
                sources.remove(at: index)
            }
            if let newValue {
                numbers.append(number)
                sources.append(newValue)
            }
        }
    }
}
