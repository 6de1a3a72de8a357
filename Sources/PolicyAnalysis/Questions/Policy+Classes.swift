package import Flask

extension Policy {
    /// The class of those who act: a policy in the form of Linux's may be for Xen.
    package var subjectClass: Name { target == .selinux && classes.contains { $0.name == "process" } ? "process" : "domain" }

    /// What a class may be asked for, by the class's index: the permissions of its common, and its own.
    package func permissions(ofClass index: Int) -> [PermissionTable.Permission] { permissions(of: classes[index]) }

    /// Of a class those that have a bit in access vectors: an image may count beyond them.
    func permissions(of entry: ObjectClass) -> [PermissionTable.Permission] {
        let common = Int(entry.common) - 1
        return ((commons.indices.contains(common) ? commons[common].permissions : []) + entry.permissions).filter { (1...32).contains($0.number) }
    }
}
