import AuditAnalysis
import Flask
import PolicyAnalysis
import PolicyCompiler

/// A tree that a person can take in, for the tables of Xen 4.17.
enum SmallTree {
    static let release = XenRelease("4.17")!

    static var folder: SourceFolder {
        SourceFolder([
            "tree/modules/modules.conf": "base = on\ndom0 = on\nguest = on\n",
            "tree/modules/base.te": """
                attribute domain_type;
                attribute resource_type;
                type xen_t; type xenboot_t; type domio_t; type domxen_t; type unlabeled_t; type security_t;
                type device_t, resource_type;
                role system_r;
                role system_r types { xen_t xenboot_t domio_t domxen_t unlabeled_t security_t domain_type };
                role other_r;
                role other_r types domain_type;

                """,
            "tree/modules/base.if": """
                # create_domain(builder, domain): make it and fill it
                define(`create_domain', `
                    allow $1 $2:domain { create max_vcpus unpause };
                    allow $1 $2:mmu { map_write adjust };
                ')
                define(`pause_domain', `allow $1 $2:domain { pause unpause };')
                define(`event_way', `
                    allow $1 $1_channel:event { create send status };
                    allow $1_channel $2:event bind;
                ')
                define(`comms', `event_way($1, $2)
                event_way($2, $1)
                allow $1 $2:grant { map_read map_write };
                allow $2 $1:grant { map_read map_write };')
                define(`see_itself', `allow $1 ifdef(`single_$1', `$1', `$1_self'):mmu { stat physmap };')
                define(`pair', `
                    allow $1 $2:domain2 make_priv_for;
                    allow $1 $3:domain2 set_as_target;
                ')
                define(`declare', `type $1, domain_type;')

                """,
            "tree/modules/dom0.te": """
                define(`single_dom0_t')
                type dom0_t, domain_type;
                type dom0_t_channel, domain_type;
                # What it does to the host.
                allow dom0_t xen_t:xen { physinfo
                    heap };
                allow dom0_t security_t:security check_context;

                bool debugging false;
                if (debugging) {
                    allow dom0_t domU_t:domain setdebugging;
                }

                """,
            "tree/modules/guest.te": """
                declare(domU_t)
                type domU_t_self, domain_type;
                type domU_t_channel, domain_type;
                type dm_t, domain_type;
                type child_t, domain_type;
                typebounds dm_t child_t;
                type_transition domU_t domU_t:domain domU_t_self;
                type_transition domU_t domain_type:event domU_t_channel;
                allow dom0_t domU_t:domain getdomaininfo;
                neverallow domU_t dom0_t:domain *;
                neverallow ~dom0_t security_t:security load_policy;

                """,
            "tree/modules/guest.cons": """
                constrain grant { transfer } (u1 == u2);
                constrain domain transition (r1 == r2);

                """,
            "tree/policy/users": "user system_u roles { system_r other_r };\nuser tenant_u roles system_r;\n",
            "tree/policy/initial_sids":
                ["xen": "xen_t", "dom0": "dom0_t", "domio": "domio_t", "domxen": "domxen_t", "unlabeled": "unlabeled_t", "security": "security_t",
                    "ioport": "device_t", "iomem": "device_t", "irq": "device_t", "device": "device_t", "domU": "domU_t", "domDM": "dm_t", "xenboot": "xenboot_t"]
                .sorted { $0.key < $1.key }.map { "sid \($0) system_u:\($1 == "device_t" ? "object_r" : "system_r"):\($1)\n" }.joined(),
        ])
    }

    static var options: InputOptions {
        var options = InputOptions()
        options.release = release
        return options
    }

    static func report(_ lines: [String], folder: SourceFolder = folder, limits: SuggestionLimits = SuggestionLimits()) throws -> SuggestionReport {
        try SuggestionFinder(.tree("tree"), reader: folder, options: options, limits: limits).suggestions(for: Denials.cells(lines))
    }
}
