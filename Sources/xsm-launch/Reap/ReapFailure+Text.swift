import DMRestrict
import Files

extension ReapFailure {
    var text: String {
        switch self {
        case .badUser: "neither is root, and the reaper is another than whose processes he ends"
        case .call(let call, let number, let object): "\(call) (\(object)): \(FileError(path: "", number: number).reason)"
        case .lockIsTaken(let path): "another reaper has `\(path)`, and does not end"
        case .stillThere(let processes): "these do not end: \(processes.map { "\($0)" }.joined(separator: " "))"
        }
    }
}
