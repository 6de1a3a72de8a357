/// The classes of SELinux's reference policy and their permissions, as its `support/genclassperms.py` reads them.
struct ClassLists {
    private struct Entry {
        let name: String
        let isCommon: Bool
        let permissions: [String]
    }

    private var entries: [Entry] = []
    private var classes: [(name: String, isUserspace: Bool)] = []

    init(accessVectors: [UInt8], securityClasses: [UInt8]) {
        readAccessVectors(accessVectors)
        for line in String(decoding: securityClasses, as: UTF8.self).split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, words[0] == "class" else { continue }
            let remark = line.drop { $0 != "#" }.dropFirst()
            let isUserspace = remark.split(whereSeparator: \.isWhitespace) == ["userspace"]
            classes.append((String(words[1]), isUserspace))
        }
    }

    private mutating func readAccessVectors(_ bytes: [UInt8]) {
        let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .flatMap { $0.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace) }
        var index = 0
        func word(_ place: Int) -> Substring? { place < words.count ? words[place] : nil }
        while let keyword = word(index), let name = word(index + 1) {
            var permissions: [String] = []
            index += 2
            if keyword == "class", word(index) == "inherits", let common = word(index + 1) {
                permissions = entries.first { $0.isCommon && $0.name == common }?.permissions ?? []
                index += 2
            }
            if word(index) == "{" {
                index += 1
                while let permission = word(index), permission != "}" {
                    permissions.append(String(permission))
                    index += 1
                }
                index += 1
            }
            entries.append(Entry(name: String(name), isCommon: keyword == "common", permissions: permissions))
        }
    }

    /// `all_CLASS_perms` for every class, and the requirements for all of the kernel's and of user space's.
    var macros: String {
        var text = ""
        var seen: [String: [String]] = [:]
        for entry in entries where !entry.isCommon {
            let permissions = seen[entry.name] ?? entry.permissions
            seen[entry.name] = permissions
            text += "define(`all_\(entry.name)_perms',`{ \(permissions.map { $0 + " " }.joined())}')\n"
        }
        func requirements(_ isUserspace: Bool) -> String {
            classes.filter { $0.isUserspace == isUserspace }.map { "\tclass \($0.name) all_\($0.name)_perms;\n" }.joined()
        }
        text += "\ndefine(`all_kernel_class_perms',`\n\(requirements(false))')\n\n"
        text += "define(`all_userspace_class_perms',`\n\(requirements(true))')\n"
        return text
    }
}
