import Commands
import DMRestrict

extension LaunchRegister {
    /// The one that a word of the command line means: a process's number, or the name of what runs.
    func record(of word: String) throws(CommandFailure) -> LaunchRecord {
        let records = records(of: word)
        guard let record = records.first else { throw CommandFailure("nothing that runs restricted is `\(word)`: see `xsm-launch list`") }
        guard records.count == 1 else {
            throw CommandFailure("`\(word)` are several: name one by its number, \(records.map { "\($0.process)" }.joined(separator: " "))")
        }
        return record
    }
}
