import Flask

extension Vocabulary {
    /// The class declarations, as the hypervisor's own file `security_classes` has them.
    var securityClassesText: String {
        classes.map { "class \($0.name)\n" }.joined()
    }

    /// The initial SID declarations, as in `initial_sids`.
    var initialSIDsText: String {
        initialSIDs.map { "sid \($0)\n" }.joined()
    }

    /// The permissions of each class, as in `access_vectors`.
    var accessVectorsText: String {
        classes.map { entry in
            "class \(entry.name)\n{\n" + entry.permissions.map { "\t\($0)\n" }.joined() + "}\n\n"
        }.joined()
    }

    /// The macros by which a tree asks which release it is compiled for: `xen_release` (4.17),
    /// `xen_release_number` (417), and for each class, permission and initial SID that the release has
    /// `xen_class_NAME`, `xen_permission_CLASS_NAME` and `xen_sid_NAME`.
    var macroDefinitions: [(name: String, value: String)] {
        var definitions: [(name: String, value: String)] = [
            ("xen_release", release.description), ("xen_release_number", String(release.major * 100 + release.minor)),
        ]
        for entry in classes {
            definitions.append(("xen_class_\(entry.name)", ""))
            for permission in entry.permissions {
                definitions.append(("xen_permission_\(entry.name)_\(permission)", ""))
            }
        }
        return definitions + initialSIDs.map { ("xen_sid_\($0)", "") }
    }
}
