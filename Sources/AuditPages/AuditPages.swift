import AuditAnalysis
import AuditLog
public import AuditStore
import Flask
public import PageServer
import PolicyAnalysis
import Reports

/// Pages about decisions that are kept: who was denied what, when, by which policy's words, and what would allow it.
///
/// A page is markup and a style sheet. It has no script and needs none, and the browser is told to run none; what logs and policies hold stands in it as text.
/// An object is for one thread.
public struct AuditPages {
    private let kept: any DenialStore
    /// What is kept, and how much of it the page is of that is being made.
    private(set) var store: any DenialStore
    let context: PageContext
    /// By the releases that hypervisors said to be.
    var explainers: [[XenRelease]: DenialExplainer] = [:]

    /// Groups on a page, decisions on a page, and contexts of a group that are explained.
    static let groupLimit = 50, recordLimit = 100, contextLimit = 12
    /// Contexts for which suggestions are looked for.
    static let suggestedLimit = 512
    /// The newest decisions, and of how many hosts they are.
    static let newestLimit = 10, newestHosts = 8

    public init(_ store: any DenialStore, _ context: PageContext) {
        kept = store
        self.store = store
        self.context = context
    }

    /// The page that a request asks for. Nothing that is asked changes anything.
    public mutating func response(to request: PageRequest) -> PageResponse {
        guard request.method != .post else { return PageResponse(.methodNotAllowed) }
        store = WorstCoverage(kept)
        let path = String(decoding: request.path, as: UTF8.self)
        let question = PageQuestion(request.query)
        do throws(StoreError) {
            switch path {
            case "/": return try overview(question)
            case "/group": return try group(question)
            case "/decisions": return try decisions(question)
            case "/suggest": return try suggestions(question)
            case "/hosts": return try hosts(question)
            case "/notices": return try notices(question)
            case "/style.css": return PageResponse(.ok, "text/css; charset=utf-8", Array(Stylesheet.text.utf8))
            default: return message(.notFound, "There is no such page", path, question)
            }
        } catch {
            return message(.unavailable, "The decisions cannot be read", error.description, question)
        }
    }

    /// A page that says why there is no other.
    func message(_ status: PageStatus, _ title: String, _ detail: String, _ question: PageQuestion) -> PageResponse {
        var response = frame(title, question).page(at: "", link: { $0 }) { page in
            page.element("h1", title)
            page.element("p", detail)
        }
        response.status = status
        return response
    }

    func frame(_ title: String, _ question: PageQuestion) -> PageFrame {
        PageFrame(title: title, refreshSeconds: question.isLive ? context.refreshSeconds : nil)
    }

    /// Says when not all of the store was there to be asked.
    func writeCoverage(_ page: inout HTMLText) {
        let coverage = store.coverage
        guard coverage.isPartial else { return }
        page.raw("<p class=\"warn\">partial: \(coverage.missing) of \(coverage.parts) servers did not answer; counts are too small, and decisions are missing</p>\n")
    }

    // MARK: Words

    func words(_ domain: DomainIdentifier) -> String {
        context.names[domain].map { "\(String(decoding: $0, as: UTF8.self)) (\(domain))" } ?? domain.description
    }

    func words(_ pair: DomainPair) -> String {
        switch (pair.source, pair.target) {
        case (let source?, let target?): "\(words(source)) → \(words(target))"
        case (let source?, nil): words(source)
        case (nil, let target?): "→ \(words(target))"
        case (nil, nil): ""
        }
    }
}
