import PageServer
import Reports

/// What stands around what a page shows.
struct PageFrame {
    let title: String
    /// How often a page that is live is loaded anew.
    let refreshSeconds: Int?
    /// Whether who sees it may go to the other pages.
    var hasPlaces = true

    /// The pages that can be gone to.
    private static let places = [("/", "Overview"), ("/decisions", "Decisions"), ("/hosts", "Hosts"), ("/notices", "Notices")]

    /// - Parameter link: the address of another page with the same question.
    func page(at path: String, link: (String) -> String, _ body: (inout HTMLText) -> Void) -> PageResponse {
        var page = HTMLText()
        page.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        if let refreshSeconds { page.raw("<meta http-equiv=\"refresh\" content=\"\(refreshSeconds)\">") }
        page.element("title", "\(title) · xsm-audit")
        page.raw("<link rel=\"stylesheet\" href=\"/style.css\"></head><body>\n<header><strong>xsm-audit</strong><nav>")
        for (place, name) in Self.places where hasPlaces {
            page.raw(place == path ? "<a class=\"here\" aria-current=\"page\" href=\"" : "<a href=\"")
            page.text(link(place))
            page.raw("\">\(name)</a>")
        }
        page.raw("</nav></header>\n<main>\n")
        body(&page)
        page.raw("</main></body></html>\n")
        return PageResponse(.ok, "text/html; charset=utf-8", page.bytes)
    }
}

extension HTMLText {
    mutating func link(_ address: String, _ text: [UInt8], isCode: Bool = false) {
        raw("<a href=\"")
        self.text(address)
        raw(isCode ? "\"><code>" : "\">")
        self.text(text)
        raw(isCode ? "</code></a>" : "</a>")
    }

    mutating func link(_ address: String, _ text: String) { link(address, Array(text.utf8)) }

    mutating func code(_ text: [UInt8]) {
        raw("<code>")
        self.text(text)
        raw("</code>")
    }

    /// A report's text as it is, lines and all.
    mutating func lines(_ bytes: [UInt8]) {
        raw("<pre>")
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast(bytes.last == UInt8(ascii: "\n") ? 1 : 0) {
            text(Array(line))
            raw("\n")
        }
        raw("</pre>\n")
    }

    mutating func hiddenField(_ field: FormField) {
        raw("<input type=\"hidden\" name=\"")
        text(field.name)
        raw("\" value=\"")
        text(field.value)
        raw("\">")
    }

    /// A cell of a table with a number, its digits in threes.
    mutating func number(_ number: UInt64) { raw("<td class=\"n\">\(Self.grouped(number))</td>") }

    static func grouped(_ number: UInt64) -> String {
        var text = ""
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append("\u{202f}") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
