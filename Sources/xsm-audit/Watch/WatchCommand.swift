import Arguments
import AuditLog
import CLinux
import Commands
import Files
import Glibc
import LogFiles
import Reports

/// `xsm-audit watch`: decisions as they come, and alerts.
struct WatchCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] LOG …",
        about: """
            Follows logs, also when they are rotated or cut, and shows what is denied as it comes: on
            a terminal as a table of what comes most often, else a line for each group that is new.
            An alert is a line, and goes where the options say. What the logs hold already is known,
            and nothing of it is new. It ends at the end of a pipe, else when it is told to (Ctrl-C).
            """,
        examples: [
            "to the system's log, whenever somebody is denied what nobody was before":
                "xsm-audit watch --alert new --syslog --quiet /var/log/xen/console/hypervisor.log",
        ],
        statuses: ["0": "it came to the end", "2": "a log cannot be read"])

    private var rules: [AlertRule] = []
    private var delivery = AlertDelivery()
    private var fromStart = false
    private var isOnce = false
    private var isQuiet = false
    private var silence = 300

    mutating func set(_ option: WatchOption, to value: String) throws(UsageError) {
        switch option {
        case .rule:
            guard let rule = AlertRule(value) else {
                throw UsageError(message: "`\(value)` is no rule: say `new`, `rate=100/60`, `access=security:load_policy` or `notice=refusal`")
            }
            rules.append(rule)
        case .command: delivery.command = value
        case .syslog: delivery.usesSystemLog = true
        case .webhook:
            guard value.hasPrefix("http://") || value.hasPrefix("https://") else { throw UsageError(message: "`\(value)` is no address of a web server") }
            delivery.address = value
        case .fromStart: fromStart = true
        case .silence:
            guard let seconds = Int(value), (0...31_536_000).contains(seconds) else { throw UsageError(message: "`--silence` is seconds, not `\(value)`") }
            silence = seconds
        case .once: isOnce = true
        case .quiet: isQuiet = true
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        var view = WatchView(names: try logs.names(), format: format, isQuiet: isQuiet)
        var delivery = delivery
        var watched: [WatchedLog] = []
        do throws(LogFileFailure) {
            for path in logs.paths {
                let watch = AlertWatch(rules.isEmpty ? AlertRule.standard : rules, silenceSeconds: silence)
                watched.append(try WatchedLog(path, watch, logs.options, learns: !fromStart && !isOnce))
            }
        } catch {
            throw .log(error)
        }
        while true {
            var hasNews = false
            for log in watched {
                do throws(LogFileFailure) {
                    if try log.proceed(&view) { hasNews = true } else if isOnce || log.isPipe { log.finish(&view) }
                } catch {
                    throw .log(error)
                }
                for alert in log.takeAlerts() {
                    let report = AlertReport(alert: alert, path: log.path, names: view.names)
                    let line = String(decoding: report.text.dropLast(), as: UTF8.self)
                    let json = report.lineOfJSON
                    try view.tell(line, json)
                    delivery.deliver(line: line, json: json)
                }
            }
            delivery.proceed()
            if !hasNews {
                if isOnce || watched.allSatisfy(\.isPipe) {
                    while delivery.isBusy {
                        usleep(10_000)
                        delivery.proceed()
                    }
                    try view.show(isLast: true)
                    return CommandAnswer(.answered, [])
                }
                usleep(200_000)
            }
            try view.show(isLast: false)
        }
    }
}
