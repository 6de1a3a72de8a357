import Spelling

/// A mistake in a profile's text.
public struct ProfileMistake: Error, Hashable, Sendable {
    public enum What: Hashable, Sendable {
        case tooLong(String, limit: Int)
        case strangeByte(UInt8)
        case noReason
        case unknownSection(String)
        case noSection(String)
        case repeatedSection(String)
        case missingSection(String)
        case unknownCall(String, nearest: String?)
        case alwaysAnswered(String)
        case unknownArgument(String, of: String, known: [String])
        case unknownConstant(String, argument: String, known: [String])
        case unknownError(String, nearest: String?)
        case malformed(String, wanted: String)
        case repeatedArgument(String)
        /// The upper half of an argument is seen by the filter and dropped by the kernel.
        case narrow(String, comparison: String)
        case neverHolds(String)
        case alreadyOpen(String, line: Int)
        case conditionalError(String)
        case answeredTwice(String, line: Int)
        case tooManyChoices(Int, limit: Int)
    }

    /// From 1; 0 for the whole text.
    public let line: Int
    public let what: What

    /// What is wrong, and what to do about it.
    public var text: String {
        switch what {
        case .tooLong(let thing, let limit): "\(thing) is longer than \(limit): split it, or take less"
        case .strangeByte(let byte): "byte 0x\(String(byte, radix: 16)) outside a comment: a line is plain ASCII up to its `#`"
        case .noReason: "the line has no reason: say behind a `#` why the call is needed"
        case .unknownSection(let name): "there is no section `[\(name)]`: they are `[start]` and `[running]`"
        case .noSection(let name): "`\(name)` stands in no section: put it below `[start]` or `[running]`"
        case .repeatedSection(let name): "the section `[\(name)]` is there twice: join them"
        case .missingSection(let name): "there is no section `[\(name)]`: add it, if with nothing in it"
        case .unknownCall(let name, let nearest): "x86-64 has no system call `\(name)`" + Self.suggestion(nearest)
        case .alwaysAnswered(let name): "`\(name)` is always answered with ENOSYS, as its flags cannot be seen: name `clone`"
        case .unknownArgument(let name, let call, let known):
            "`\(call)` has no argument `\(name)` that a filter could compare: it is one of \(known.joined(separator: ", "))"
        case .unknownConstant(let name, let argument, let known):
            "`\(name)` is no number and no constant of `\(argument)`"
                + (known.isEmpty ? ": write it as a number" : Self.suggestion(Spelling.nearest(name, among: known).first))
        case .unknownError(let name, let nearest): "there is no error `\(name)` to answer with" + Self.suggestion(nearest)
        case .malformed(let found, let wanted): "\(found.isEmpty ? "the end" : "`\(found)`") stands where \(wanted) is wanted"
        case .repeatedArgument(let name): "`\(name)` is compared twice: one comparison for each argument, or another line"
        case .narrow(let name, let comparison):
            "`\(name) \(comparison)` would hold for any value with upper bits that the kernel drops: "
                + "name what is allowed, with `==`, `in`, `<=` or `&`"
        case .neverHolds(let name):
            "the comparison of `\(name)` never holds: the value has bits outside the mask, or there is none"
        case .alreadyOpen(let name, let line):
            "`\(name)` is allowed with any arguments in line \(line): leave one of the lines out"
        case .conditionalError(let name): "`\(name)` is answered with an error whatever its arguments: leave the comparisons out"
        case .answeredTwice(let name, let line):
            "`\(name)` is allowed or answered in line \(line) as well: leave one of the lines out"
        case .tooManyChoices(let count, let limit): "the line stands for \(count) rules, of which there may be \(limit): split it"
        }
    }

    private static func suggestion(_ nearest: String?) -> String { nearest.map { ": did you mean `\($0)`?" } ?? "" }
}
