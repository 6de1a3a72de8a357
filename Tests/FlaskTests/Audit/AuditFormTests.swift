import Flask
import Foundation
import TestSupport
import Testing

/// Lines of the access-vector cache are read and written by one grammar, in the words of each release.
struct AuditFormTests {
    private static let contexts =
        "scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:domU_t tclass="

    /// Lines that real Xen printed (4.16, 4.17, 4.20), and others after the formats of its sources.
    static let lines: [(release: String, line: String)] = [
        ("4.17", "avc:  denied  { check_context } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:security_t tclass=security"),
        ("4.20", "avc:  denied  { dm } for source=d0 target=d1 \(contexts)hvm"),
        ("4.17", "avc:  denied  { map_read map_write } for source=d0 target=d1 \(contexts)mmu"),
        ("4.17", "avc:  denied  { use_noiommu } for current=d0 device=0x8 scontext=system_u:system_r:dom0_t tcontext=system_u:object_r:device_t tclass=resource"),
        ("4.17", "avc:  denied  { add_irq } for current=d0 irq=9 scontext=system_u:system_r:dom0_t tcontext=system_u:object_r:irq_t tclass=resource"),
        ("4.17", "avc:  granted  { load_policy } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:security_t tclass=security"),
        ("4.16", "avc:  denied  { getdomaininfo } for domid=0 target=1 \(contexts)domain"),
        ("4.17", "avc:  denied  { use } for source=d[IO] target=d[XEN] \(contexts)domain"),
        ("4.17", "avc:  denied  { use } for target=d[IDLE] \(contexts)domain"),
        ("4.17", "avc:  denied  { use } for current=d[COW] range=0-0xfed00 ssid=17 tsid=-1 tclass=resource"),
        ("4.17", "avc:  denied  { use 0x80000000 } for current=d32751 pte=0x8000000000000063 mfn=0 ssid=3 tcontext=a:b:c:s0:c0.c255 tclass=mmu"),
        ("4.17", "avc:  denied  null for current=d0 dtdevice=/soc/uart at 3000/x \(contexts)resource"),
        ("4.17", "avc:  denied  { 0x4 } for \(contexts)xen"),
        ("4.5", "avc:  denied  { add_iomem } for domid=0 range=0-0x1 \(contexts)resource"),
        ("4.4", "avc:  denied  { add_iomem } for domid=0 target=3 range=0x0-0x1 \(contexts)resource"),
        ("4.2", "avc:  denied  { add_irq } for domid=0 irq=-1 \(contexts)resource"),
        ("4.1", "avc:  denied  { use } for domid=7 device=0xffff82c48022b37f \(contexts)resource"),
    ]

    @Test("lines of real Xen come back to the byte, in the form of their release", arguments: lines)
    func known(release: String, line: String) throws {
        let form = AuditForm(of: try #require(XenRelease(release)))
        let record = try #require(form.record(of: Array(line.utf8)))
        #expect(String(decoding: form.text(of: record), as: UTF8.self) == line)
        let found = try #require(AuditForm.read(Array(line.utf8)))
        #expect(found.form.text(of: found.record) == Array(line.utf8))
    }

    @Test("what a line says is understood")
    func understood() throws {
        let line = "avc:  denied  { use_iommu 0x40000000 } for source=d0 target=d5 device=0x50008 scontext=u:r:t:s0 tsid=9 tclass=resource"
        let (record, form) = try #require(AuditForm.read(Array(line.utf8)))
        #expect(form == AuditForm(of: .newest))
        #expect(
            record
                == AuditRecord(
                    verdict: .denied, permissions: ["use_iommu"], unnamedPermissions: 0x4000_0000,
                    subject: AuditSubject(source: .init(rawValue: 0), target: .init(rawValue: 5), object: .device(0x5_0008)),
                    source: .text(Array("u:r:t:s0".utf8)), target: .identifier(.init(rawValue: 9)), objectClass: "resource"))
    }

    @Test("what is no line of the cache is none", arguments: [
        "", "avc:", "avc: denied  { a } for ssid=1 tsid=2 tclass=x", "avc:  allowed  { a } for ssid=1 tsid=2 tclass=x",
        "avc:  denied  { a } for ssid=1 tsid=2", "avc:  denied  { a for ssid=1 tsid=2 tclass=x",
        "avc:  denied  { a } for device=8 ssid=1 tsid=2 tclass=x", "avc:  denied  { a } for device=0x08 ssid=1 tsid=2 tclass=x",
        "avc:  denied  { a } for irq=99999999999 ssid=1 tsid=2 tclass=x", "avc:  denied  { a } for source=d65536 ssid=1 tsid=2 tclass=x",
        "avc:  denied  { a } for source=d0 target=d0 ssid=1 tsid=2 tclass=x", "avc:  denied  { 0x100000000 } for ssid=1 tsid=2 tclass=x",
        "avc:  denied  { a } for target=d1 source=d0 ssid=1 tsid=2 tclass=x", "avc:  denied  { a } for range=0x1 ssid=1 tsid=2 tclass=x",
        "Flask: op=security_compute_av reason=bounds scontext=a tcontext=b tclass=c perms=d", "FLASK: Denying unknown domctl: 23.",
    ])
    func others(line: String) {
        #expect(AuditForm.read(Array(line.utf8)) == nil)
    }

    @Test("what is written is read again, in every form")
    func roundTrip() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<4_000 {
            let record = AuditRecord.random(&random)
            for form in AuditForm.all {
                let text = form.text(of: record)
                #expect(form.record(of: text) == form.tellable(record), "seed \(seed): \(String(decoding: text, as: UTF8.self))")
                let found = AuditForm.read(text)
                #expect(found.map { $0.form.text(of: $0.record) } == text, "seed \(seed)")
            }
        }
    }

    @Test("lines that were damaged are read to the byte or not at all")
    func damaged() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        var understood = 0
        for _ in 0..<20_000 {
            var line = Array(Self.lines.randomElement(using: &random)!.line.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: line.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line[place] = UInt8.random(in: 0...255, using: &random)
                case 1: line.remove(at: place)
                default: line.insert(contentsOf: line[place..<min(place + 9, line.count)], at: place)
                }
            }
            guard let (record, form) = AuditForm.read(line) else { continue }
            understood += 1
            #expect(form.text(of: record) == line, "seed \(seed)")
        }
        #expect(understood > 1_000)
    }

    @Test("a part that is too long is cut where Xen cuts it")
    func overflow() {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 2_000)
        let record = AuditRecord(
            verdict: .denied, permissions: ["use"], source: .text(long), target: .identifier(.init(rawValue: 1)), objectClass: "xen")
        let cut = "avc:  denied  { use } for scontext=" + String(repeating: "x", count: 1_023 - "scontext=".count)
        #expect(
            String(decoding: AuditForm(of: .newest).text(of: record), as: UTF8.self) == cut + "\navc_printk: overflow\n tsid=1 tclass=xen")
        #expect(
            String(decoding: AuditForm(of: XenRelease("4.1")!).text(of: record), as: UTF8.self) == cut + " tsid=1 tclass=xen")
    }
}
