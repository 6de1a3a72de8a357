import AuditAnalysis
import AuditLog
import AuditReports
import AuditStore
import Flask
import PageServer
import PolicyAnalysis
import PolicyReports
import Reports

extension AuditPages {
    /// All about decisions that are alike: when, by which domains, what was tried, and why it was decided so.
    mutating func group(_ question: PageQuestion) throws(StoreError) -> PageResponse {
        let totals = try store.totals(question.filter)
        let times = try store.histogram(question.filter, limit: 120)
        let domains = try store.domains(question.filter, limit: 20)
        let contexts = try store.groups(question.filter, by: .contexts, limit: Self.contextLimit + 1, offset: 0)
        let hosts = try store.hosts()
        let explained = try explanations(Array(contexts.prefix(Self.contextLimit)), question)
        return frame("Why", question).page(at: "/group", link: { question.link($0) }) { page in
            writeFilter(question, hosts, at: "/group", &page)
            writeCoverage(&page)
            writeTotals(totals, question, &page)
            TimePlot.write(times, question, at: "/group", &page)
            page.raw("<p class=\"pages\">")
            page.link(question.link("/decisions"), "these decisions, one by one")
            if context.suggest != nil { page.link(question.link("/suggest"), "what would allow it") }
            page.raw("</p>\n")
            writeDomains(domains, question, &page)
            for (group, found) in zip(contexts, explained) { write(group, found, &page) }
            if contexts.count > Self.contextLimit { page.element("p", "There are more contexts than are shown: say more about which are wanted.") }
        }
    }

    /// What would allow it.
    func suggestions(_ question: PageQuestion) throws(StoreError) -> PageResponse {
        guard let suggest = context.suggest else {
            return message(.notFound, "Nothing can be suggested", "xsm-audit serve was started without the source of a policy: --policy names it", question)
        }
        var filter = question.filter
        if filter.verdict == nil { filter.verdict = .denied }
        let groups = try store.groups(filter, by: .contexts, limit: Self.suggestedLimit, offset: 0)
        let untold = try store.totals(filter).records &- groups.reduce(0) { $0 &+ $1.count }
        let cells = groups.map { DenialCell($0.record, count: $0.count) }
        guard let found = suggest(cells) else {
            return message(.unavailable, "Somebody else's suggestions are being looked for", "each takes a processor for seconds: load this page again", question)
        }
        return frame("Suggestions", question).page(at: "/suggest", link: { question.link($0) }) { page in
            writeCoverage(&page)
            page.element("h1", "What would allow it")
            page.raw("<p class=\"soft\">Each change was compiled with ")
            page.code(Array(context.policyName.utf8))
            page.raw(", and decided again.</p>\n")
            switch found {
            case .failure(let mistake): page.element("p", mistake.message)
            case .success(let report):
                page.lines(SuggestReport(found: report, untold: filter.domain == nil ? untold : 0, patch: nil, isChecked: false).text)
                if let patch = report.patch {
                    page.element("h2", "As a patch, for `patch -p1`")
                    page.lines(patch.bytes)
                }
            }
            page.raw("<p>")
            page.link(question.link("/group"), "back")
            page.raw("</p>\n")
        }
    }

    // MARK: Explanations

    /// One explanation for each group; none without a policy that can be asked.
    private mutating func explanations(_ groups: [AuditStore.DenialGroup], _ question: PageQuestion) throws(StoreError) -> [DenialExplanation?] {
        var filter = DenialFilter()
        filter.host = question.filter.host
        filter.boot = question.filter.boot
        let releases = Set(try store.notices(filter, limit: 1_000, offset: 0).filter { $0.kind == .start }.compactMap { XenRelease(banner: $0.text.span) }).sorted()
        if explainers.count >= 16 { explainers = [:] }
        guard
            var explainer = explainers[releases]
                ?? (try? DenialExplainer(context.policy, log: LogOrigin(banners: releases), booleans: context.booleans))
        else { return groups.map { _ in nil } }
        let found = groups.map { explainer.explanation(of: $0.record) }
        explainers[releases] = explainer
        return found
    }

    private func writeDomains(_ domains: [DomainCount], _ question: PageQuestion, _ page: inout HTMLText) {
        guard !domains.isEmpty else { return }
        page.element("h2", "Which domains")
        page.raw("<table class=\"narrow\"><thead><tr><th class=\"n\">Count</th><th>Domains</th></tr></thead><tbody>\n")
        for entry in domains {
            page.raw("<tr>")
            page.number(entry.count)
            page.raw("<td>")
            let text = words(entry.pair)
            if let domain = entry.pair.source ?? entry.pair.target {
                page.link(question.link("/group") { $0.filter.domain = domain }, text)
            } else {
                page.text("the lines name none")
            }
            page.raw("</td></tr>\n")
        }
        page.raw("</tbody></table>\n")
        if question.filter.dates != nil { page.raw("<p class=\"small\">Of all times: domains are not counted by time.</p>\n") }
    }

    private func write(_ group: AuditStore.DenialGroup, _ found: DenialExplanation?, _ page: inout HTMLText) {
        page.raw("<h2><code>")
        page.text(group.source)
        page.raw("</code> → <code>")
        page.text(group.target)
        page.raw("</code>: <code>")
        page.text(group.objectClass.bytes)
        page.raw("</code></h2>\n<p class=\"soft\">")
        page.text(
            "\(group.verdict.rawValue) \(HTMLText.grouped(group.count)) time\(group.count == 1 ? "" : "s"), in \(group.boots) start\(group.boots == 1 ? "" : "s")"
                + (group.undated > 0 ? ", \(HTMLText.grouped(group.undated)) without a date" : ""))
        page.raw("</p>\n")
        guard let found else { return page.element("p", "The policy cannot be asked.") }
        for permission in found.permissions { write(permission, &page) }
        if !found.causes.isEmpty {
            var text = AnswerText()
            for cause in found.causes { CauseReport.write(cause, indented: "", &text) }
            page.lines(text.bytes.dropLast())
        }
    }

    private func write(_ permission: DenialExplanation.Permission, _ page: inout HTMLText) {
        page.raw("<h3>")
        page.code(permission.name.bytes)
        if context.policy != nil {
            page.raw(" <span class=\"verdict \(permission.verdict.rawValue)\">")
            switch permission.verdict {
            case .allowed: page.raw("the policy allows it")
            case .denied: page.raw("the policy denies it")
            case .undecided: page.raw("the policy cannot be asked about it")
            }
            page.raw("</span>")
        }
        page.raw("</h3>\n")
        if let absence = permission.absence { page.element("p", "Nothing asks for it: \(absence)") }
        if !permission.operations.isEmpty {
            page.raw("<ul>")
            for operation in permission.operations {
                page.raw("<li>")
                page.code(Array(operation.text.utf8))
                if !operation.note.isEmpty {
                    page.raw(" <span class=\"small\">")
                    page.text(operation.note)
                    page.raw("</span>")
                }
                page.raw("</li>")
            }
            page.raw("</ul>\n")
        }
        guard !permission.causes.isEmpty else { return }
        var text = AnswerText()
        for cause in permission.causes { CauseReport.write(cause, indented: "", &text) }
        page.lines(text.bytes.dropLast())
    }
}
