import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch insert`: a CD is put into a guest's drive. Its image is opened here, as whoever calls, and passed.
struct InsertCommand: MachineCommand {
    static let questions = ["whose drive, by a guest's name", "which drive, as `hdc`", "which image"]

    static let manual = Manual(
        "NAME DRIVE FILE",
        about: """
            Puts an image into a guest's drive. It is opened here, with the rights of whoever calls, and given to the device model, which could not open it.
            """,
        examples: [
            "a CD":
                "xsm-launch insert web hdc cd.iso",
        ],
        statuses: ["0": "it is in the drive", "1": "it is not", "2": "the command line is wrong"])

    let operands: [String]

    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure) {
        let (image, path) = Opened.open(.image(operands[2], isWritable: false))
        guard image >= 0 else { throw CommandFailure("cannot open `\(path)`: \(FileError(path: path, number: -image).reason)") }
        defer { close(image) }
        try LaunchRegister.ofThisHost.note(image, handedTo: record)
        try machine.telling { (machine) throws(MachineFailure) in try machine.changeMedium(of: operands[1], to: image, within: time) }
    }
}
