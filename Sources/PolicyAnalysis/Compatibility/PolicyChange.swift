public import Flask

/// A change after which a release of Xen has one thing less against a policy, in the terms of who wrote it.
public enum PolicyChange: Hashable, Sendable {
    /// The version of the image, `-c`.
    case version(UInt32)
    case targetXen
    case addClass(String, number: Int, permissions: [String])
    case moveClass(String, number: Int)
    case removeClass(Name)
    case addPermission(String, objectClass: String, number: Int)
    case movePermission(String, objectClass: String, number: Int)
    case removePermission(Name, objectClass: String)
    case addInitialSID(String, number: Int)
    case moveInitialSID(String, number: Int)
    case removeInitialSID(Name)
    /// More changes of the kind than are listed.
    case further(Int)
    /// What has no place in the language's tables.
    case other(String)

    /// What to do.
    public var text: String {
        switch self {
        case .version(let version): "compile with version \(version): `xsm-compile -c \(version)`"
        case .targetXen: "compile the source for Xen: `xsm-compile -t Xen`"
        case .addClass(let name, let number, let permissions):
            "declare class `\(name)` as number \(number) in security_classes, with { \(permissions.joined(separator: " ")) } in access_vectors"
        case .moveClass(let name, let number): "move class `\(name)` to number \(number) in security_classes"
        case .removeClass(let name): "remove class `\(name)` from security_classes, or move it behind those of Xen"
        case .addPermission(let name, let objectClass, let number):
            "add `\(name)` to class `\(objectClass)` as permission \(number) in access_vectors"
        case .movePermission(let name, let objectClass, let number):
            "move `\(name)` of class `\(objectClass)` to permission \(number) in access_vectors"
        case .removePermission(let name, let objectClass):
            "remove `\(name)` from class `\(objectClass)` in access_vectors, or move it behind those of Xen"
        case .addInitialSID(let name, let number): "declare `sid \(name)` as number \(number) in initial_sids, and give it a context"
        case .moveInitialSID(let name, let number): "move `sid \(name)` to number \(number) in initial_sids"
        case .removeInitialSID(let name): "remove `sid \(name)` from initial_sids, and its context"
        case .further(let count): "make \(count) further changes to the same list"
        case .other(let text): text
        }
    }

    /// Whether it is what a mismatch asks for.
    func isAbout(_ mismatch: VocabularyMismatch) -> Bool {
        switch (self, mismatch) {
        case (.addClass(let name, _, _), .missingClass(let wanted)): name == wanted
        case (.addClass(_, let number, _), .wrongClass(let wanted, _, _)), (.moveClass(_, let number), .wrongClass(let wanted, _, _)):
            number == wanted
        case (.removeClass(let name), .wrongClass(_, let found, _)): name == found
        case (.addPermission(let name, let objectClass, _), .undefinedPermission(let wanted, let wantedClass)),
            (.addPermission(let name, let objectClass, _), .missingPermission(let wanted, let wantedClass)):
            name == wanted && objectClass == wantedClass
        case (.removePermission(_, let objectClass), .wrongPermission(_, let wanted)),
            (.movePermission(_, let objectClass, _), .wrongPermission(_, let wanted)):
            objectClass == wanted
        default: false
        }
    }

    /// The word for programs.
    public var word: String {
        switch self {
        case .version: "version"
        case .targetXen: "target"
        case .addClass: "add-class"
        case .moveClass: "move-class"
        case .removeClass: "remove-class"
        case .addPermission: "add-permission"
        case .movePermission: "move-permission"
        case .removePermission: "remove-permission"
        case .addInitialSID: "add-initial-sid"
        case .moveInitialSID: "move-initial-sid"
        case .removeInitialSID: "remove-initial-sid"
        case .further: "further"
        case .other: "other"
        }
    }
}
