import AuditAnalysis
import AuditLog
import Flask
import PolicyAnalysis
import TestSupport
import Testing

@Suite("A replay of a log against another policy")
struct LogReplayTests {
    private static let log = """
        (XEN) avc:  denied  { map_read map_write } for source=d0 target=d1 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:domU_t tclass=mmu
        (XEN) avc:  denied  { map_read map_write } for source=d0 target=d2 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:domU_t tclass=mmu
        (XEN) avc:  denied  { create } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:domU_t tclass=domain
        (XEN) avc:  denied  { setenforce } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:security_t tclass=security
        (XEN) avc:  granted  { load_policy } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:security_t tclass=security
        (XEN) avc:  granted  { kexec } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:xen_t tclass=xen
        (XEN) avc:  denied  { create } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:gone_t tclass=domain
        (XEN) avc:  denied  { enable } for current=d1 scontext=system_u:system_r:domU_t tcontext=system_u:system_r:xen_t tclass=argo

        """

    @Test("Each line has its verdict, the ones with denials first, and counts are of lines")
    func verdicts() throws {
        let policy = try GuestPolicy(rules: "allow dom0_t domU_t:mmu map_read; allow dom0_t domU_t:domain create;").analysed()
        let replay = try LogReplay(ConsoleLog.tally(Self.log).all, against: policy)
        let told = replay.cells.map { "\($0.verdict.rawValue) \($0.cell.count) \($0.permissions.map(\.name.description).joined(separator: " "))" }
        #expect(
            told == [
                "newly-denied 1 load_policy", "still-denied 1 setenforce", "allowed-in-part 2 map_read map_write", "undecided 1 create", "undecided 1 enable",
                "now-allowed 1 create", "still-granted 1 kexec",
            ])
        #expect(replay.counts == [.newlyDenied: 1, .stillDenied: 1, .allowedInPart: 2, .undecided: 2, .nowAllowed: 1, .stillGranted: 1] && replay.wouldDeny)
        #expect(replay.cells[2].permissions.map(\.isAllowed) == [true, false])
        #expect(replay.cells[3].lacks.map(\.kind) == [.unknownContext] && replay.cells[4].lacks.map(\.kind) == [.unknownClass])
    }

    @Test("A policy that allows all of a capture would deny nothing of it")
    func nothing() throws {
        let tally = ConsoleLog.tally(try ConsoleLog.capture("deny-mmu"))
        #expect(!tally.all.isEmpty)
        let all = "allow dom0_t domain_type:mmu { map_read map_write }; allow dom0_t security_t:security *; allow dom0_t domU_t:domain create;"
        let replay = try LogReplay(tally.all, against: try GuestPolicy(rules: all).analysed())
        #expect(!replay.wouldDeny && replay.counts[.nowAllowed] == 52, "\(replay.counts)")
        #expect(try LogReplay(tally.all, against: try GuestPolicy().analysed()).wouldDeny)
        #expect(try !LogReplay([], against: try GuestPolicy().analysed()).wouldDeny)
    }

    @Test("Booleans can have other values, and what is permissive is no denial")
    func booleansAndPermissive() throws {
        let cells = try ConsoleLog.cells("deny-mmu", "map_write")
        let policy = try GuestPolicy(rules: "bool b false;\nif (b) { allow dom0_t domU_t:mmu { map_read map_write }; }").analysed()
        #expect(try LogReplay(cells, against: policy).cells.map(\.verdict) == [.stillDenied])
        #expect(try LogReplay(cells, against: policy, booleans: [Boolean(name: "b", value: true)]).cells.map(\.verdict) == [.nowAllowed])
        let permissive = try LogReplay(cells, against: try GuestPolicy(rules: "permissive dom0_t;").analysed())
        #expect(permissive.cells.map(\.verdict) == [.permissive] && !permissive.wouldDeny)
    }
}
