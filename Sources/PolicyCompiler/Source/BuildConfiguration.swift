/// What `build.conf` of SELinux's reference policy says: the make variables of its build.
struct BuildConfiguration: Sendable {
    private var values: [String: String] = [:]

    /// Reads `NAME = value` lines; `#` begins a comment. The last value of a name counts, as in make, but a `?=` keeps
    /// the one before.
    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
            guard let equals = text.firstIndex(of: "=") else { continue }
            var name = text[..<equals]
            let isDefault = name.last == "?"
            while let last = name.last, "?:".contains(last) { name.removeLast() }
            let key = String(name.split(whereSeparator: \.isWhitespace).last ?? "")
            let value = text[text.index(after: equals)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !isDefault || values[key] == nil { values[key] = value }
        }
    }

    subscript(name: String) -> String { values[name] ?? "" }

    func number(_ name: String, default standard: String) -> String {
        self[name].isEmpty ? standard : self[name]
    }

    /// Whether images have levels: `TYPE` is `mls` or `mcs`.
    var isMLS: Bool { ["mls", "mcs"].contains(self["TYPE"]) }

    /// The macros that the build defines, in the order in which its Makefile passes them to m4.
    ///
    /// - Parameter usesMLS: Whether to build as with `TYPE = mls`, whatever the file says.
    func definitions(usesMLS: Bool) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        let type = usesMLS ? "mls" : self["TYPE"]
        if type == "mls" { result.append(("enable_mls", "true")) }
        if type == "mcs" { result.append(("enable_mcs", "true")) }
        let distribution = self["DISTRO"]
        if !distribution.isEmpty { result.append(("distro_\(distribution)", "true")) }
        if distribution == "ubuntu" { result.append(("distro_debian", "true")) }
        if self["SYSTEMD"] == "y" { result.append(("init_systemd", "true")) }
        for option in self["CUSTOM_BUILDOPT"].split(separator: " ") { result.append((String(option), "true")) }
        if self["DIRECT_INITRC"] == "y" { result.append(("direct_sysadm_daemon", "true")) }
        if self["WERROR"] == "y" { result.append(("m4_werror", "true")) }
        if self["UBAC"] == "y" { result.append(("enable_ubac", "true")) }
        result.append(("mls_num_sens", number("MLS_SENS", default: "16")))
        result.append(("mls_num_cats", number("MLS_CATS", default: "1024")))
        result.append(("mcs_num_cats", number("MCS_CATS", default: "1024")))
        if distribution == "debian" { result.append(("use_alsa", "")) }
        result.append(("self_contained_policy", ""))
        return result
    }
}
