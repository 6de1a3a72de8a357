import Flask
import PolicyAnalysis

/// A small policy for Xen with dom0, a guest and hardware, to which a test adds what it is about.
struct GuestPolicy {
    /// Declarations and rules.
    var rules = ""
    var types = ["domU_t"]
    var roles = ""
    var constraints = ""
    var devices = ""
    var isMLS = false
    /// Whether the guest's role is one of its own.
    var initialSIDs = ["xen", "security", "unlabeled", "device", "irq", "ioport", "iomem"]

    var text: String {
        let level = isMLS ? ":s0" : ""
        let objects = initialSIDs.map { "type \($0)_t;" }.joined(separator: "\n")
        let contexts = initialSIDs.map { name in
            let role = ["xen", "security", "unlabeled"].contains(name) ? "system_r" : "object_r"
            return "sid \(name) system_u:\(role):\(name)_t\(level)"
        }.joined(separator: "\n")
        return """
            class security
            class mmu
            class domain
            class resource
            class xen
            \(initialSIDs.map { "sid \($0)" }.joined(separator: "\n"))
            class security { check_context load_policy setenforce }
            class mmu { map_read map_write }
            class domain { create transition }
            class resource { add use_noiommu add_irq add_ioport add_iomem }
            class xen { kexec }
            \(isMLS ? "sensitivity s0; sensitivity s1; dominance { s0 s1 } category c0; level s0:c0; level s1:c0;" : "")
            \(isMLS ? "mlsconstrain mmu { map_write } (h1 dom h2);" : "")
            attribute domain_type;
            \(objects)
            type dom0_t, domain_type;
            \(types.map { "type \($0), domain_type;" }.joined(separator: "\n"))
            allow dom0_t xen_t:xen kexec;
            \(rules)
            role system_r;
            role system_r types { dom0_t xen_t security_t unlabeled_t \(types.joined(separator: " ")) };
            \(roles)
            user system_u roles { system_r\(roles.contains("role vm_r;") ? " vm_r" : "") }\(isMLS ? " level s0 range s0 - s1:c0" : "");
            \(constraints)
            \(contexts)
            \(devices)

            """
    }

    /// The number of the first line that begins so.
    func line(beginning words: String) -> Int? {
        text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix(words) }.map { $0 + 1 }
    }

    func analysed() throws -> AnalysedPolicy { try AnalysedPolicy(Array(text.utf8), named: "guest.conf") }
}
