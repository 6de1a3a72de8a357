import Arguments
import Commands
import Files
import Glibc
import Hypervisor

/// `xsm-hypervisor processor`: does what a script says as a processor of a guest's.
struct ProcessorCommand: RunnableCommand {
    typealias Option = ProcessorOption

    static let manual = Manual(
        "--domain N [OPTION…] SCRIPT",
        about: """
            Accesses ports, memory and PCI devices as a guest would; its device model answers. Waits while the guest is paused. A line of
            SCRIPT (`-`: standard input) is one of

              out PORT SIZE NUMBER                in PORT SIZE
              write ADDRESS SIZE NUMBER           read ADDRESS SIZE
              pci write DEVICE REGISTER SIZE NUMBER
              pci read DEVICE REGISTER SIZE
              text PORT "WORDS\\n"                 wait MILLISECONDS

            with SIZE `byte`, `word`, `long` or `quad`, and DEVICE as `00:02.0`. Behind what reads may stand `=> VALUE` or, to read again
            until it is so, `until VALUE`, each with `mask MASK`.
            """,
        examples: [
            "what the guest's chip set is":
                "echo 'pci read 00:00.0 0 long => 0x12378086' | xsm-hypervisor processor --domain 1 -",
        ],
        statuses: ["0": "all was as expected", "1": "something was not", "2": "it cannot be done"],
        files: [
            "/run/xsm-hypervisor/": "the hypervisor's sockets, where `--directory` does not say otherwise",
        ])

    static let statusOfFailure: Int32 = 2

    private var directory = "/run/xsm-hypervisor"
    private var domain: UInt16?
    private var processor: UInt32 = 0
    private var isQuiet = false
    private var file: String?

    init?(_ words: [String]) throws(UsageError) {
        var printsHelp = false
        var parser = OptionParser<ProcessorOption>(words)
        while let item = try parser.next() {
            switch item {
            case .operand(let word):
                guard file == nil else { throw UsageError(message: "there is more than one script: `\(word)`") }
                file = word
            case .option(.directory, let value): directory = value
            case .option(.quiet, _): isQuiet = true
            case .option(.help, _): printsHelp = true
            case .option(.domain, let value):
                guard let number = UInt16(value) else { throw UsageError(message: "`--domain` is a number, not `\(value)`") }
                domain = number
            case .option(.processor, let value):
                guard let number = UInt32(value) else { throw UsageError(message: "`--processor` is a number, not `\(value)`") }
                processor = number
            }
        }
        guard !printsHelp else { return nil }
        if domain == nil { throw UsageError(message: "say whose processor it is: `--domain N`") }
        if file == nil { throw UsageError(message: "there is no script: name its file, or `-`") }
    }

    /// The exit status: 0 when all was as the script expects, 1 when not.
    func run() throws(CommandFailure) -> Int32 {
        guard let domain, let file else { return Self.statusOfFailure }
        return try script(file).run(sleep: { usleep($0 * 1_000) }, report: report, perform: performer(domain)) ? 0 : 1
    }

    private func script(_ file: String) throws(CommandFailure) -> ProcessorScript {
        let bytes = try RequiredFile.contents(of: file == "-" ? "/dev/stdin" : file)
        let (script, mistakes) = ProcessorScript.parse(String(decoding: bytes, as: UTF8.self))
        guard mistakes.isEmpty else {
            throw CommandFailure("`\(file)` has mistakes", told: Array(mistakes.map { "\(file):\($0.line): error: \($0.message)\n" }.joined().utf8))
        }
        return script
    }

    private func performer(_ domain: UInt16) throws(CommandFailure) -> (GuestAccess) throws(CommandFailure) -> UInt64 {
        do throws(RemoteProcessor.Failure) {
            let remote = try RemoteProcessor(at: directory + "/dom0", domain: domain, processor: processor)
            return { (access) throws(CommandFailure) in
                do throws(RemoteProcessor.Failure) {
                    return try remote.perform(access)
                } catch {
                    throw failure(error, domain)
                }
            }
        } catch {
            throw failure(error, domain)
        }
    }

    private func failure(_ failure: RemoteProcessor.Failure, _ domain: UInt16) -> CommandFailure {
        let why =
            switch failure {
            case .stopped(.noDomain): "there is no domain \(domain)"
            case .stopped(.noProcessor): "domain \(domain) has no processor \(processor), or is no HVM guest"
            case .stopped(.taken): "somebody else executes processor \(processor) of domain \(domain)"
            case .stopped(.shutDown(let reason)): "domain \(domain) has shut down, for reason \(reason)"
            case .stopped(.abandoned), .stopped(.noDescriptor): "the hypervisor has no room for another processor"
            case .unreachable(let error):
                "cannot speak to the hypervisor at `\(directory)/dom0`: \(FileError(path: directory, number: error.number).reason)"
            }
        return CommandFailure(why)
    }

    private func report(_ outcome: ProcessorScript.Outcome) {
        let read = outcome.value.map { ": 0x" + String($0, radix: 16) } ?? ""
        if !outcome.isExpected {
            tell("line \(outcome.step.line): \(outcome.step.text)\(read), which is not what the script expects\n", STDERR_FILENO)
        } else if !isQuiet, !read.isEmpty {
            tell("\(outcome.step.text)\(read)\n", STDOUT_FILENO)
        }
    }
}
