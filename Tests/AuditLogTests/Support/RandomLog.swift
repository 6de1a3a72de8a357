import Flask
import TestSupport

/// Logs of a hypervisor's console with decisions in every form, other lines, and damage.
enum RandomLog {
    static func bytes(_ random: inout SplitMix64, lines: Int) -> [UInt8] {
        var log: [UInt8] = []
        for _ in 0..<lines { log += line(&random) }
        return log
    }

    private static func line(_ random: inout SplitMix64) -> [UInt8] {
        let prefixes = [
            "(XEN) ", "(XEN) ", "(XEN) [   10.879329] ", "(XEN) [2026-11-20 18:15:39] ", "Nov 20 18:15:39 host xen: (XEN) ", "(d1) (XEN) ", "",
            "[    0.5] Linux (XEN) ", "\u{1b}[1m(XEN) ",
        ]
        var line = Array(random.pick(prefixes).utf8)
        switch random.below(8) {
        case 0: line += random.pick(["Flask:  4 users, 3 roles", "FLASK: Denying unknown domctl: 23.", "Xen version 4.19.6 (@)", "other", "", "avc_printk: overflow"]).utf8
        case 1:
            let text = random.pick(AuditForm.all).text(of: .random(&random))
            line += text.prefix(random.below(text.count + 1))
        case 2:
            let text = random.pick(AuditForm.all).text(of: .random(&random))
            line += text.dropFirst(random.below(text.count + 1))
        case 3: line += (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
        case 4: line += random.pick(["__CURSOR=x", "MESSAGE", "MESSAGE=(XEN) avc:", "_HOSTNAME=a", "{\"MESSAGE\":\"(XEN) avc:\"}", "avc:  denied  { a } for pid=1"]).utf8
        default: line += random.pick(AuditForm.all).text(of: .random(&random))
        }
        if random.below(20) == 0 { line.append(13) }
        if random.below(12) != 0 { line.append(10) }
        return line
    }
}
