import AuditStore
import Reports

/// How many there were over time: bars, each of which leads to what was then.
enum TimePlot {
    private static let width = 1_000.0
    private static let height = 110.0

    static func write(_ counts: [TimeCount], _ question: PageQuestion, at path: String, _ page: inout HTMLText) {
        guard let first = counts.first, let last = counts.last, first.width > 0, let most = counts.map(\.count).max(), most > 0 else { return }
        let span = max(1, (last.start &- first.start) / first.width + 1)
        let places = max(span, 24)
        let step = width / Double(places)
        page.raw("<svg viewBox=\"0 0 \(Int(width)) 140\" role=\"img\" aria-label=\"decisions over time\">\n")
        for count in counts {
            let place = Double((count.start &- first.start) / first.width)
            let bar = max(1.5, Double(count.count) / Double(most) * height)
            let (last, isBeyond) = count.start.addingReportingOverflow(count.width - 1)
            page.raw("<a")
            // A time beyond the calendar cannot be asked for.
            if !isBeyond, PageTime.isWritable(count.start), PageTime.isWritable(last) {
                page.raw(" href=\"")
                page.text(question.link(path) { $0.filter.dates = count.start...last })
                page.raw("\"")
            }
            page.raw("><rect class=\"hit\" x=\"\(HTMLText.length(place * step))\" y=\"4\" width=\"\(HTMLText.length(step))\" height=\"\(HTMLText.length(height))\"/>")
            page.raw("<rect class=\"bar\" x=\"\(HTMLText.length(place * step))\" y=\"\(HTMLText.length(height - bar + 4))\" ")
            page.raw("width=\"\(HTMLText.length(max(0.6, step - min(2, step / 4))))\" height=\"\(HTMLText.length(bar))\"/><title>")
            page.text("\(HTMLText.grouped(count.count)): \(PageTime.words(count.start))")
            page.raw("</title></a>\n")
        }
        page.raw("<line x1=\"0\" y1=\"114.5\" x2=\"\(Int(width))\" y2=\"114.5\"/><text class=\"soft\" x=\"0\" y=\"131\">")
        page.text(PageTime.words(first.start))
        page.raw("</text><text class=\"soft\" x=\"\(Int(width))\" y=\"131\" text-anchor=\"end\">")
        page.text("each bar \(HTMLText.duration(first.width)), at most \(HTMLText.grouped(most)); to \(PageTime.words(last.start &+ last.width)) UTC")
        page.raw("</text></svg>\n")
    }
}
