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

    /// Notes that a process is handed an open file, before it is: whoever verifies it will find that it has it.
    func note(_ descriptor: Int32, handedTo record: LaunchRecord) throws(CommandFailure) {
        let name = record.plan.name
        // As it is by now: while somebody waited for his turn to speak to it, another one may have handed it something.
        guard var record = self.record(ofProcess: record.process) else { throw CommandFailure("`\(name)` does not run any more") }
        guard let path = Files.resolved("/proc/self/fd/\(descriptor)"), !record.handedOver.contains(path) else { return }
        record.handedOver.append(path)
        do throws(FileError) {
            try keep(record)
        } catch {
            throw CommandFailure("it cannot be noted what `\(name)` is handed: \(error)")
        }
    }

    /// Makes the folder where there is none.
    func makeFolder() throws(CommandFailure) {
        do throws(FileError) {
            try Files.makeDirectory(folder)
        } catch {
            throw CommandFailure("there is no folder for what runs: \(error)")
        }
    }
}

extension LaunchRecord {
    /// Where it is spoken to, as a device model is.
    func sockets() throws(CommandFailure) -> DeviceModelSockets {
        guard domain != nil, let user = plan.user else { throw CommandFailure("`\(plan.name)` is no device model") }
        return DeviceModelSockets(of: user)
    }
}
