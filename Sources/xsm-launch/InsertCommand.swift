import DMRestrict
import Files
import Glibc

/// `xsm-launch insert`: a CD is put into a guest's drive. Its image is opened here, as whoever calls, and passed.
struct InsertCommand: MachineCommand {
    static let questions = ["whose drive, by a guest's name", "which drive, as `hdc`", "which image"]

    let operands: [String]

    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure) {
        let (image, path) = Opened.open(.image(operands[2], isWritable: false))
        guard image >= 0 else { throw CommandFailure("cannot open `\(path)`: \(FileError(path: path, number: -image).reason)") }
        defer { close(image) }
        try LaunchRegister.ofThisHost.note(image, handedTo: record)
        try machine.telling { (machine) throws(MachineFailure) in try machine.changeMedium(of: operands[1], to: image, within: time) }
    }
}
