import Commands
import DMRestrict
import Files

extension LaunchRegister {
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
