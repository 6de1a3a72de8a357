import Arguments
import DMRestrict
import Files
import Glibc

/// `xsm-launch insert`: a CD is put into a guest's drive. Its image is opened here, as whoever calls, and passed.
struct InsertCommand: Subcommand {
    typealias Option = HelpOption

    private let words: [String]
    private(set) var printsHelp = false

    init(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<HelpOption>(words)
        var help = false
        self.words = try parser.operands("whose drive, by a guest's name", "which drive, as `hdc`", "which image") { _, _ in
            help = true
            return false
        }
        printsHelp = help
    }

    func run() -> Int32 {
        MachineConnection.command(words[0]) { (machine, time) throws(CommandFailure) in
            let (image, path) = Opened.open(.image(words[2], isWritable: false))
            guard image >= 0 else { throw CommandFailure("cannot open `\(path)`: \(FileError(path: path, number: -image).reason)") }
            defer { close(image) }
            try LaunchRegister.ofThisHost.note(image, handedTo: words[0])
            try machine.telling { (machine) throws(MachineFailure) in try machine.changeMedium(of: words[1], to: image, within: time) }
        }
    }
}

/// `xsm-launch eject`: what lies in a guest's drive is taken out.
struct EjectCommand: Subcommand {
    typealias Option = HelpOption

    private let words: [String]
    private(set) var printsHelp = false

    init(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<HelpOption>(words)
        var help = false
        self.words = try parser.operands("whose drive, by a guest's name", "which drive, as `hdc`") { _, _ in
            help = true
            return false
        }
        printsHelp = help
    }

    func run() -> Int32 {
        MachineConnection.command(words[0]) { (machine, time) throws(CommandFailure) in
            try machine.telling { (machine) throws(MachineFailure) in try machine.ejectMedium(of: words[1], within: time) }
        }
    }
}

/// `xsm-launch save`: a guest's devices are stopped, and their state is written to a new file; `resume` lets them go on.
struct SaveCommand: Subcommand {
    typealias Option = HelpOption

    private let words: [String]
    private(set) var printsHelp = false

    init(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<HelpOption>(words)
        var help = false
        self.words = try parser.operands("whose state, by a guest's name", "the file that it is written to") { _, _ in
            help = true
            return false
        }
        printsHelp = help
    }

    func run() -> Int32 {
        MachineConnection.command(words[0]) { (machine, time) throws(CommandFailure) in
            let file = try NewFile.open(words[1])
            defer { close(file) }
            try LaunchRegister.ofThisHost.note(file, handedTo: words[0])
            do throws(CommandFailure) {
                try machine.telling { (machine) throws(MachineFailure) in try machine.saveState(to: file, within: time) }
            } catch {
                Files.remove(words[1])
                throw error
            }
        }
    }
}

/// `xsm-launch resume`: a guest's devices go on that were stopped to be saved.
struct ResumeCommand: Subcommand {
    typealias Option = HelpOption

    private let word: String
    private(set) var printsHelp = false

    init(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<HelpOption>(words)
        var help = false
        word = try parser.operands("what to let go on, by a guest's name") { _, _ in
            help = true
            return false
        }[0]
        printsHelp = help
    }

    func run() -> Int32 {
        MachineConnection.command(word) { (machine, time) throws(CommandFailure) in
            try machine.telling { (machine) throws(MachineFailure) in try machine.resume(within: time) }
        }
    }
}

extension MachineConnection {
    /// Has a running device model do something; the exit status: 0 when it did, 1 when it did not.
    fileprivate static func command(
        _ word: String, _ body: (inout MachineConnection, Duration) throws(CommandFailure) -> Void
    ) -> Int32 {
        let time = Duration.seconds(30)
        do throws(CommandFailure) {
            let sockets = try LaunchRegister.ofThisHost.sockets(of: word)
            var machine: MachineConnection
            do throws(MachineFailure) {
                machine = try MachineConnection.opened(to: sockets, within: time)
            } catch {
                throw CommandFailure("`\(word)` is not spoken to: \(error.text)")
            }
            try body(&machine, time)
            return 0
        } catch {
            tell("error: \(error.message)\n", STDERR_FILENO)
            return 1
        }
    }

    fileprivate mutating func telling(_ body: (inout MachineConnection) throws(MachineFailure) -> Void) throws(CommandFailure) {
        do throws(MachineFailure) {
            try body(&self)
        } catch {
            throw CommandFailure(error.text)
        }
    }
}
