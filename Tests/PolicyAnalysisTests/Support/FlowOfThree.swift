import PolicyAnalysis

/// A policy in which information goes from one type by another to a third while a boolean is on and another is off.
enum FlowOfThree {
    static let text = """
        class domain
        class grant
        sid xen
        sid dom0
        class domain { getdomaininfo }
        class grant { map_read map_write }
        type a_t;
        type b_t;
        type c_t;
        type d_t;
        type e_t;
        bool open false;
        bool strict false;
        allow a_t b_t:grant map_write;
        if (open && ! strict) {
            allow b_t c_t:grant map_write;
        }
        if (strict) {
            allow d_t e_t:grant map_write;
        } else {
            allow e_t c_t:grant map_write;
        }
        role system_r;
        role system_r types { a_t b_t c_t d_t e_t };
        user system_u roles system_r;
        sid xen system_u:system_r:a_t
        sid dom0 system_u:system_r:b_t

        """

    static func analysed() throws -> AnalysedPolicy { try AnalysedPolicy(Array(text.utf8), named: "three.conf") }
}
