import Arguments
import Commands
import Reports

extension Logs: SharedOptions {
    /// An option about what is read, and how.
    enum Option: CommandOption {
        case log(LogOption)
        case store(StoreOption)

        static var allCases: [Option] { LogOption.allCases.map { .log($0) } + StoreOption.allCases.map { .store($0) } }

        var name: String? {
            switch self {
            case .log(let option): option.name
            case .store(let option): option.name
            }
        }

        var value: String? {
            switch self {
            case .log(let option): option.value
            case .store(let option): option.value
            }
        }

        var help: String {
            switch self {
            case .log(let option): option.help
            case .store(let option): option.help
            }
        }
    }

    func set(_ option: Option, _ value: String) throws(UsageError) {
        switch option {
        case .log(let option): try set(option, value)
        case .store(let option): try set(option, value)
        }
    }

    /// What could not be read is told, and the answer is about less than was asked.
    func status(of answer: CommandAnswer) -> ExitStatus { failures.isEmpty ? answer.status : .notAnswered }
}
