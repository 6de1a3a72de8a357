import Arguments
import DMRestrict
import Files

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

    /// Notes that what a word means is handed an open file, before it is: whoever verifies it will find that it has it.
    func note(_ descriptor: Int32, handedTo word: String) throws(CommandFailure) {
        var record = try record(of: word)
        guard let path = Files.resolved("/proc/self/fd/\(descriptor)"), !record.handedOver.contains(path) else { return }
        record.handedOver.append(path)
        do throws(FileError) {
            try keep(record)
        } catch {
            throw CommandFailure("it cannot be noted what `\(word)` is handed: \(error)")
        }
    }

    /// The sockets of the device model that a word means.
    func sockets(of word: String) throws(CommandFailure) -> DeviceModelSockets {
        let record = try record(of: word)
        guard record.domain != nil, let user = record.plan.user else { throw CommandFailure("`\(record.plan.name)` is no device model") }
        return DeviceModelSockets(of: user)
    }
}

extension OptionParser {
    /// The operands of a command, between options that something else takes; just as many as have a name.
    mutating func operands(_ names: String..., option: (Option, String) throws(UsageError) -> Bool) throws(UsageError) -> [String] {
        var operands: [String] = []
        var isComplete = true
        while let item = try next() {
            switch item {
            case .operand(let word):
                guard operands.count < names.count else { throw UsageError(message: "`\(word)` is one too many") }
                operands.append(word)
            case .option(let option_, let value):
                // An option may be all that is wanted, as `--help` is.
                if try !option(option_, value) { isComplete = false }
            }
        }
        if isComplete, operands.count < names.count { throw UsageError(message: "say \(names[operands.count])") }
        return operands + [String](repeating: "", count: names.count - operands.count)
    }
}
