/// A policy as Xen keeps it: a directory of modules and of the files around them.
///
/// Its form changed with the releases (Xen, tools/flask/policy/Makefile): since 4.8 `modules/` and `policy/` stand beside
/// each other, the hypervisor's own lists elsewhere in the checkout; from 4.3 on modules are in layers below `policy/`;
/// in 4.2 the hypervisor's lists are there too; and before, and in OpenXT, declarations are sorted out of the modules
/// before macros are expanded. SELinux's reference policy, from which these forms come, is a tree too.
public struct PolicyTree: Sendable {
    enum Form: Hashable, Sendable {
        /// Xen 4.8 and later, and trees of this project.
        case separate
        /// Xen 4.3 to 4.7.
        case layered
        /// Xen 4.2.
        case nested
        /// Xen 4.0 and 4.1, and OpenXT's tree, which runs interfaces through macros by themselves.
        case sorted(interfacesAreExpanded: Bool)
        /// SELinux's reference policy.
        case selinux
    }

    let root: String
    let form: Form
    /// The directory of the hypervisor's classes, permissions and initial SIDs; nil when they are built in.
    let hypervisor: String?

    /// The tree in a directory, or in the checkout of Xen that the directory is; nil when there is none.
    public init?(at directory: String, reader: some SourceReader) throws(SourceReadError) {
        for candidate in [directory, directory.appending(path: "tools/flask/policy")] {
            if try reader.contents(of: candidate.appending(path: "modules/modules.conf")) != nil {
                root = candidate
                form = .separate
                let beside = candidate.appending(path: "../../../xen/xsm/flask/policy")
                let hasLists = try reader.contents(of: beside.appending(path: "security_classes")) != nil
                hypervisor = hasLists ? beside : nil
                return
            }
            if try reader.contents(of: candidate.appending(path: "policy/modules.conf")) != nil {
                root = candidate
                guard try reader.contents(of: candidate.appending(path: "policy/flask/security_classes")) != nil else {
                    form = .layered
                    let beside = candidate.appending(path: "../../../xen/xsm/flask/policy")
                    let hasLists = try reader.contents(of: beside.appending(path: "security_classes")) != nil
                    hypervisor = hasLists ? beside : nil
                    return
                }
                hypervisor = candidate.appending(path: "policy/flask")
                if try Self.isLinux(candidate, reader) {
                    form = .selinux
                } else if try reader.contents(of: candidate.appending(path: "Rules.monolithic")) != nil {
                    form = .sorted(interfacesAreExpanded: true)
                } else if try reader.contents(of: candidate.appending(path: "policy/initial_sids")) != nil {
                    form = .nested
                } else {
                    form = .sorted(interfacesAreExpanded: false)
                }
                return
            }
        }
        return nil
    }

    /// Whether a tree's classes are those of Linux.
    private static func isLinux(_ root: String, _ reader: some SourceReader) throws(SourceReadError) -> Bool {
        let classes = try reader.contents(of: root.appending(path: "policy/flask/security_classes")) ?? []
        let lines = classes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        return lines.contains { $0.split(whereSeparator: \.isWhitespace).prefix(2) == ["class", "process"] }
    }

    /// Whether the tree leaves the hypervisor's lists to the compiler, so that it is for the release asked for.
    public var needsVocabulary: Bool { hypervisor == nil }

    /// Whether `role r types t;` declares the role, as it did for checkpolicy of the time.
    public var declaresRolesByTheirTypes: Bool {
        if case .sorted = form { true } else { false }
    }

    var modulesFile: String {
        root.appending(path: form == .separate ? "modules/modules.conf" : "policy/modules.conf")
    }
}

extension String {
    /// A path below this directory; `.` as a directory is not written.
    func appending(path: String) -> String {
        self == "." || isEmpty ? path : hasSuffix("/") ? self + path : self + "/" + path
    }
}
