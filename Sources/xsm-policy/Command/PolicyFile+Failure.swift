import Commands
import PolicyAnalysis
import PolicyReports

extension PolicyFile {
    func read(_ options: InputOptions) throws(CommandFailure) -> AnalysedPolicy {
        do throws(InputFailure) {
            return try policy(options)
        } catch {
            throw .policy(error)
        }
    }

    /// The bytes of a file that is no policy.
    func bytesOfText() throws(CommandFailure) -> [UInt8] {
        do throws(InputFailure) {
            return try bytes()
        } catch {
            throw .policy(error)
        }
    }
}
