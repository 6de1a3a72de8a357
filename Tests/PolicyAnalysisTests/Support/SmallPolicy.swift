import PolicyAnalysis

/// A policy for Xen with a little of everything, whose lines are counted in tests.
enum SmallPolicy {
    static let text = """
        class xen
        class domain
        class resource
        sid xen
        sid dom0
        sid domU
        class xen { kexec }
        class domain { create pause unpause transition }
        class resource { use add }
        attribute domain_type;
        attribute nobody_type;
        type xen_t;
        type dom0_t, domain_type;
        type domU_t alias guest_t, domain_type;
        type irq_t;
        bool strict false;
        bool open true;
        allow dom0_t domain_type:domain { create pause };
        allow dom0_t domU_t:domain { pause unpause };
        allow domain_type self:domain pause;
        dontaudit domU_t xen_t:xen kexec;
        auditallow dom0_t xen_t:xen kexec;
        type_transition dom0_t domU_t:domain irq_t;
        if (strict && ! open) {
            allow domU_t irq_t:resource use;
        } else {
            allow domU_t irq_t:resource { use add };
        }
        role system_r;
        role vm_r;
        role system_r types { xen_t dom0_t irq_t };
        role vm_r types domU_t;
        allow system_r vm_r;
        role_transition system_r domU_t:domain vm_r;
        user system_u roles { system_r vm_r };
        constrain domain { create } (u1 == u2 or t1 == dom0_t);
        constrain domain { pause transition } (t2 != irq_t);
        validatetrans domain (r1 == r2);
        sid xen system_u:system_r:xen_t
        sid dom0 system_u:system_r:dom0_t
        sid domU system_u:vm_r:domU_t
        pirqcon 33 system_u:system_r:irq_t
        iomemcon 0xfebe0-0xfebff system_u:system_r:irq_t
        iomemcon 0xfec9f system_u:system_r:irq_t
        ioportcon 0xeac0-0xeadf system_u:system_r:irq_t
        pcidevicecon 0xc800 system_u:system_r:irq_t
        devicetreecon "/soc/serial" system_u:system_r:irq_t

        """

    static func analysed() throws -> AnalysedPolicy { try AnalysedPolicy(Array(text.utf8), named: "small.conf") }
}
