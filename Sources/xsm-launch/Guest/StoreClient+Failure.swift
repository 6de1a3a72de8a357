import Files
import XenStore

extension StoreClient.Failure {
    var text: String {
        switch self {
        case .refused(let error): error.rawValue
        case .unreachable(let number): FileError(path: "", number: number).reason
        }
    }
}
