import AuditFleet
import JSON
import Reports

/// What was sent, and what waits.
struct ShipReport: Report {
    let destination: String
    let sent: ShippingCount
    let waiting: ShippingCount
    /// Why something waits.
    let failure: ShippingFailure?

    private static func words(_ count: ShippingCount) -> String {
        "\(count.denials) decision\(count.denials == 1 ? "" : "s") and \(count.notices) notice\(count.notices == 1 ? "" : "s")"
    }

    func write(_ text: inout AnswerText) {
        text.line("\(destination): \(Self.words(sent)) sent, \(waiting.isNone ? "nothing waits" : Self.words(waiting) + " wait")")
    }

    func write(_ json: inout JSONWriter) {
        func member(_ name: String, _ count: ShippingCount, _ json: inout JSONWriter) {
            json.member(name, object: { json in
                json.member("decisions", Int(clamping: count.denials))
                json.member("notices", Int(clamping: count.notices))
            })
        }
        json.object { json in
            json.member("version", 1)
            json.member("destination", destination)
            member("sent", sent, &json)
            member("waiting", waiting, &json)
            json.member("failureKind", failure?.reason.rawValue)
            json.member("failure", failure?.description)
        }
    }
}
