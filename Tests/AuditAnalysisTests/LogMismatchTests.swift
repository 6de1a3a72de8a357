import AuditAnalysis
import AuditLog
import Flask
import PolicyAnalysis
import TestSupport
import Testing

@Suite("An explanation finds what is wrong between a log and a policy")
struct LogMismatchTests {
    private static let line = "scontext=system_u:system_r:dom0_t tcontext=system_u:"

    private func explain(_ line: String, _ policy: GuestPolicy) throws -> DenialExplanation {
        var explainer = try DenialExplainer(try policy.analysed())
        return explainer.explanation(of: try #require(ConsoleLog.cell(line)))
    }

    // MARK: Initial SIDs

    @Test("A question to Flask about what is unlabelled: the policy that decided had no context for its initial SID")
    func missingInitialSID() throws {
        let cell = try #require(try ConsoleLog.cells("ts-boot", "check_context").first)
        #expect(cell.count == 14)
        var explainer = try DenialExplainer(try GuestPolicy().analysed())
        let found = explainer.explanation(of: cell)
        guard case .misreadInitialSID(let expected, let names, _)? = found.first(.misreadInitialSID) else {
            Issue.record("\(found.kinds)")
            return
        }
        #expect(expected == "security" && names == ["unlabeled"] && found.kinds("check_context") == [.missingRule])
    }

    @Test("Numbers of initial SIDs that moved: the context is that of the number's other meaning, and the releases are named")
    func movedInitialSIDs() throws {
        // Number 6 is `security` until 4.16, and `unlabeled` since.
        let policy = AnalysedPolicy(ReleasePolicy("4.17").policy)
        var explainer = try DenialExplainer(policy)
        let line = "avc:  denied  { check_context } for domid=0 scontext=system_u:system_r:guest tcontext=system_u:system_r:unlabeled tclass=security"
        let found = explainer.explanation(of: try #require(ConsoleLog.cell(line)))
        guard case .misreadInitialSID(_, _, let releases)? = found.first(.misreadInitialSID) else {
            Issue.record("\(found.kinds)")
            return
        }
        #expect(releases.map(\.description).contains("4.16") && !releases.map(\.description).contains("4.17"))
        // Where the log is known to be of a release without that number, it is not told.
        var informed = try DenialExplainer(policy, log: LogOrigin(banners: [try #require(XenRelease("4.17"))]))
        let told = informed.explanation(of: try #require(ConsoleLog.cell(line))).text(.misreadInitialSID)
        #expect(told.hasSuffix("the policy that decided had no other for it"), "\(told)")
        let right = line.replacing("system_r:unlabeled", with: "system_r:security")
        #expect(!explainer.explanation(of: try #require(ConsoleLog.cell(right))).kinds.contains(.misreadInitialSID))
    }

    @Test("A domain without a label of its own")
    func unlabelled() throws {
        let target = try explain("avc:  denied  { map_read } for source=d0 target=d1 \(Self.line)system_r:unlabeled_t tclass=mmu", GuestPolicy())
        #expect(target.causes.map(\.kind) == [.unlabelled] && target.text(.unlabelled).hasPrefix("the target's"))
        let source = "avc:  denied  { map_read } for source=d1 target=d0 scontext=system_u:system_r:unlabeled_t tcontext=system_u:system_r:dom0_t tclass=mmu"
        #expect(try explain(source, GuestPolicy()).text(.unlabelled).hasPrefix("the source's"))
    }

    @Test("Numbers instead of contexts are initial SIDs or nobody's")
    func numbers() throws {
        let found = try explain("avc:  denied  { map_read } for source=d0 target=d1 scontext=system_u:system_r:dom0_t tsid=6 tclass=mmu", GuestPolicy())
        #expect(found.verdict == .undecided && found.causes.map(\.kind) == [.noContext])
        #expect(found.text(.noContext).contains("`unlabeled` (Xen 4.0, 4.1 and 4.17 to 4.22) or `security` (Xen 4.2 to 4.16)"), "\(found.text(.noContext))")
        let other = try explain("avc:  denied  { map_read } for source=d0 target=d1 scontext=system_u:system_r:dom0_t tsid=77 tclass=mmu", GuestPolicy())
        #expect(other.text(.noContext).hasSuffix("it is no initial SID's"))
    }

    @Test("Bits without a name, and a line without permissions")
    func bits() throws {
        let found = try explain("avc:  denied  { map_read 0x40 } for source=d0 target=d1 \(Self.line)system_r:domU_t tclass=mmu", GuestPolicy())
        #expect(found.causes.map(\.kind) == [.unnamedBits] && found.kinds("map_read") == [.missingRule])
        #expect(found.text(.unnamedBits).contains("bit 6 is") && found.text(.unnamedBits).contains("`physmap` in "), "\(found.text(.unnamedBits))")
        let none = try explain("avc:  denied  null for source=d0 target=d1 \(Self.line)system_r:domU_t tclass=mmu", GuestPolicy())
        #expect(none.causes.map(\.kind) == [.noPermissions] && none.permissions.isEmpty && none.verdict == .undecided)
    }

    // MARK: Hardware

    @Test(
        "Hardware that no statement labels: the one that is missing",
        arguments: [
            ("use_noiommu", "device=0x8", "device_t", "pcidevicecon 0x8 "), ("add_irq", "irq=9", "irq_t", "pirqcon 9 "),
            ("add_ioport", "range=0x3f8-0x3ff", "ioport_t", "ioportcon 0x3f8-0x3ff "), ("add_iomem", "range=0x10-0x1f", "iomem_t", "iomemcon 0x10-0x1f "),
            ("use_noiommu", "range=0x10-0x1f", "iomem_t", "iomemcon 0x10-0x1f "), ("use_noiommu", "range=0x10-0x1f", "ioport_t", "ioportcon 0x10-0x1f "),
            ("use_noiommu", "dtdevice=/soc/serial", "device_t", "devicetreecon \"/soc/serial\" "),
        ])
    func unlabelledHardware(permission: String, object: String, type: String, statement: String) throws {
        let line = "avc:  denied  { \(permission) } for current=d0 \(object) \(Self.line)object_r:\(type) tclass=resource"
        let found = try explain(line, GuestPolicy())
        guard case .unlabelledHardware(_, let initialSID, let missing)? = found.first(.unlabelledHardware) else {
            Issue.record("\(line): \(found.kinds)")
            return
        }
        #expect(type == initialSID + "_t" && found.kinds(permission) == [.missingRule])
        #expect(String(decoding: missing, as: UTF8.self).hasPrefix(statement + "system_u:object_r:TYPE"), "\(String(decoding: missing, as: UTF8.self))")
        // Who writes it, with a type, has it labelled.
        let written = String(decoding: missing, as: UTF8.self).replacing("TYPE", with: "domU_t").replacing(";", with: "")
        let other = try explain(line, GuestPolicy(devices: written))
        #expect(other.first(.unlabelledHardware) == nil)
        #expect(other.kinds.contains(.labelledOtherwise) == !(permission == "use_noiommu" && object.hasPrefix("range")), "\(other.kinds)")
    }

    @Test("Hardware is not looked at where the decision is about a domain")
    func domains() throws {
        let found = try explain("avc:  denied  { add } for source=d0 target=d1 device=0x8 \(Self.line)system_r:domU_t tclass=resource", GuestPolicy())
        #expect(found.causes.isEmpty)
    }

    // MARK: Releases

    @Test("A log of another release than the policy, by the banner, the words of domains, or names")
    func otherRelease() throws {
        let policy = AnalysedPolicy(ReleasePolicy("4.16").policy)
        let capture = LogOrigin(ConsoleLog.tally(try ConsoleLog.capture("deny-mmu")))
        #expect(capture.releases == [XenRelease("4.17")] && !capture.isMixed)
        let mismatch = try #require(try DenialExplainer(policy, log: capture).mismatch)
        #expect(mismatch.policyReleases == [XenRelease("4.15"), XenRelease("4.16")] && mismatch.signs.first == XenRelease("4.17").map { .banner($0) })
        #expect(mismatch.text == "the log is of Xen 4.17, and the policy is for Xen 4.15 and 4.16: it cannot be the one that decided")
        for (line, other) in [
            ("avc:  denied  { map_read } for domid=0 target=1 \(Self.line)system_r:domU_t tclass=mmu", "4.17"),
            ("avc:  denied  { map_read } for source=d0 target=d1 \(Self.line)system_r:domU_t tclass=mmu", "4.16"),
            ("avc:  denied  { get_domain_state } for source=d0 target=d1 \(Self.line)system_r:domU_t tclass=domain2", "4.20"),
            ("avc:  denied  { privprofile } for current=d0 \(Self.line)system_r:domU_t tclass=xen", "4.22"),
        ] {
            let log = LogOrigin(ConsoleLog.tally("(XEN) \(line)\n"))
            #expect(try DenialExplainer(AnalysedPolicy(ReleasePolicy(other).policy), log: log).mismatch != nil, "\(line)")
            let fitting = try #require(log.releases.last)
            #expect(try DenialExplainer(AnalysedPolicy(ReleasePolicy(fitting.description).policy), log: log).mismatch == nil, "\(line)")
        }
    }

    @Test("What shows it in a line is told with the line")
    func sign() throws {
        let text = "(XEN) Xen version 4.21.0 (x) y\n(XEN) avc:  denied  { get_domain_state } for current=d0 scontext=system_u:system_r:dom0 tcontext=system_u:system_r:guest tclass=domain2\n"
        let tally = ConsoleLog.tally(text)
        var explainer = try DenialExplainer(AnalysedPolicy(ReleasePolicy("4.20").policy), log: LogOrigin(tally))
        let found = explainer.explanation(of: try #require(tally.all.first))
        #expect(found.kinds == [.unknownPermission, .otherRelease])
        // Of 4.20 the policy is for 4.17 to 4.20: nothing speaks against it.
        var fitting = try DenialExplainer(AnalysedPolicy(ReleasePolicy("4.20").policy), log: LogOrigin(ConsoleLog.tally(text.replacing("4.21.0", with: "4.18.2"))))
        let other = fitting.explanation(of: try #require(tally.all.first))
        #expect(fitting.mismatch == nil && other.kinds == [.unknownPermission])
    }

    @Test("Logs of several hypervisors disagree with no policy")
    func mixed() throws {
        let old = "(XEN) avc:  denied  { map_read } for domid=0 target=1 \(Self.line)system_r:domU_t tclass=mmu\n"
        let new = "(XEN) avc:  denied  { map_read } for source=d0 target=d1 \(Self.line)system_r:domU_t tclass=mmu\n"
        let log = LogOrigin(ConsoleLog.tally(old + new))
        #expect(log.isMixed && log.signs.isEmpty)
        #expect(try DenialExplainer(AnalysedPolicy(ReleasePolicy("4.12").policy), log: log).mismatch == nil)
        #expect(LogOrigin().releases == XenRelease.all)
    }
}
