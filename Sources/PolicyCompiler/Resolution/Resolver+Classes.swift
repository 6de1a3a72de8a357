import Diagnostics
import Flask

extension Resolver {
    /// The permissions that an access vector has room for.
    static let maximumPermissions = 32

    mutating func declareClass(_ name: NameReference, in scope: UInt32) {
        let symbol = ClassSymbol(objectClass: ObjectClass(name: bytes(of: name.identifier)))
        let outcome = result.classes.mention(name, isDeclaration: true, scope: scope, mayRepeat: false) { _ in symbol }
        if case .duplicate(let index) = outcome {
            reportDuplicate("class", name, first: result.classes.visibility(of: index).offset)
        }
    }

    mutating func declareInitialSID(_ name: NameReference) {
        if let first = result.initialSID(named: name.identifier) {
            reportDuplicate("initial SID", name, first: result.initialSIDs[first].reference.offset)
            return
        }
        result.addInitialSID(name)
    }

    mutating func declareCommon(_ name: NameReference, _ permissions: NameList) {
        let symbol = CommonSymbol(table: PermissionTable(name: bytes(of: name.identifier)))
        let outcome = result.commons.mention(name, isDeclaration: true, scope: 0, mayRepeat: false) { _ in symbol }
        switch outcome {
        case .added(let index):
            result.commons[index].table.permissions = self.permissions(permissions, of: "common", name, after: [])
        case .known(let index), .duplicate(let index):
            reportDuplicate("common", name, first: result.commons.visibility(of: index).offset)
        }
    }

    mutating func defineClass(_ name: NameReference, inherits common: NameReference?, _ permissions: NameList?) {
        guard let index = result.classes.index(of: name.identifier) else {
            reportUnknown(.objectClass, name, among: result.classes)
            return
        }
        if result.classes[index].isDefined {
            let first = result.classes[index].accessVectorOffset
            report(
                "duplicate-declaration",
                "the permissions of class `\(self.name(of: name.identifier))` are given twice", at: name,
                labels: [
                    .init(
                        text.span(at: Int(first), length: syntax.identifiers.length(of: name.identifier)),
                        "first given here")
                ])
            return
        }
        var inherited: [PermissionTable.Permission] = []
        if let common {
            guard let place = result.commons.index(of: common.identifier) else {
                reportUnknown(.common, common, among: result.commons)
                return
            }
            inherited = result.commons[place].table.permissions
            result.classes[index].objectClass.common = UInt32(place + 1)
        }
        let own = permissions.map { self.permissions($0, of: "class", name, after: inherited) } ?? []
        result.classes[index].objectClass.permissions = own
        result.classes[index].objectClass.permissionCount = UInt32(inherited.count + own.count)
        result.classes[index].isDefined = !inherited.isEmpty || !own.isEmpty
        result.classes[index].accessVectorOffset = name.offset
    }

    private mutating func permissions(
        _ list: NameList, of kind: String, _ owner: NameReference, after inherited: [PermissionTable.Permission]
    ) -> [PermissionTable.Permission] {
        var permissions: [PermissionTable.Permission] = []
        var offsets: [UInt32] = []
        for reference in syntax[list] {
            let name = bytes(of: reference.identifier)
            if let first = permissions.firstIndex(where: { $0.name == name }) {
                reportDuplicate("permission", reference, first: offsets[first])
                continue
            }
            if inherited.contains(where: { $0.name == name }) {
                report(
                    "duplicate-declaration",
                    "permission `\(name)` of class `\(self.name(of: owner.identifier))` is inherited already", at: reference)
                continue
            }
            let number = inherited.count + permissions.count + 1
            guard number <= Self.maximumPermissions else {
                report(
                    "too-many-permissions",
                    "\(kind) `\(self.name(of: owner.identifier))` has more than \(Self.maximumPermissions) permissions",
                    at: reference, label: "number \(number)",
                    help: "an access vector has \(Self.maximumPermissions) bits: move some permissions to another class")
                break
            }
            permissions.append(.init(name: name, number: UInt32(number)))
            offsets.append(reference.offset)
        }
        return permissions
    }

    // MARK: Permissions by class

    /// Lays the permissions out so that a look-up is two array reads: permission names get small numbers of their
    /// own, and a table has a row for each class.
    mutating func indexPermissions() {
        permissionNumbers = [UInt32](repeating: 0, count: syntax.identifiers.count)
        var rows: [[(number: Int, bit: UInt8)]] = []
        for entry in result.classes.entries {
            var row: [(Int, UInt8)] = []
            var all = entry.objectClass.permissions
            if entry.objectClass.common != 0 {
                all += result.commons[Int(entry.objectClass.common) - 1].table.permissions
            }
            for permission in all {
                guard let identifier = syntax.identifiers.find(permission.name.description) else { continue }
                if permissionNumbers[identifier.index] == 0 {
                    permissionCount += 1
                    permissionNumbers[identifier.index] = UInt32(permissionCount)
                }
                row.append((Int(permissionNumbers[identifier.index]), UInt8(permission.number)))
            }
            rows.append(row)
        }
        permissionBits = [UInt8](repeating: 0, count: rows.count * (permissionCount + 1))
        for (index, row) in rows.enumerated() {
            for (number, bit) in row { permissionBits[index * (permissionCount + 1) + number] = bit }
        }
    }

    /// The number of a permission in a class, counted from 1; 0 when the class has no such permission.
    func permissionBit(_ identifier: Identifier, of objectClass: Int) -> UInt8 {
        permissionBits[objectClass * (permissionCount + 1) + Int(permissionNumbers[identifier.index])]
    }

    /// All permissions that the class declares.
    func permissionMask(of objectClass: Int) -> UInt32 {
        let count = result.classes[objectClass].objectClass.permissionCount
        return count >= 32 ? UInt32.max : 1 << count - 1
    }

    // MARK: Classes in statements

    /// The classes of a set by index, ascending; nil when one of them is not known.
    mutating func classes(_ list: NameList) -> [Int]? {
        var found: [Int] = []
        var isComplete = true
        for reference in syntax[list] {
            guard !reference.identifier.isMarker else {
                report("unexpected-token", "`\(name(of: reference.identifier))` is not allowed among classes", at: reference)
                return nil
            }
            guard let index = result.classes.index(of: reference.identifier) else {
                reportUnknown(.objectClass, reference, among: result.classes)
                isComplete = false
                continue
            }
            guard isInScope(index, result.classes) else {
                reportOutOfScope(
                    "class", reference, declaredAt: result.classes.visibility(of: index).offset)
                isComplete = false
                continue
            }
            found.append(index)
        }
        guard isComplete else { return nil }
        if found.count > 1 { found = Array(Set(found)).sorted() }
        return found
    }

    mutating func setDefault(_ kind: Statement.ObjectDefault, _ classes: NameList, _ value: UInt32) {
        guard let indices = self.classes(classes) else { return }
        for index in indices {
            let path: WritableKeyPath<ObjectClass.Defaults, UInt32> =
                switch kind {
                case .user: \.user
                case .role: \.role
                case .type: \.type
                case .range: \.range
                }
            let old = result.classes[index].objectClass.defaults[keyPath: path]
            if old != 0, old != value {
                let node = syntax.nodes[Int(currentNode)]
                report(
                    "conflicting-default",
                    "class `\(result.classes[index].objectClass.name)` has another default already",
                    at: node.offset, length: Int(node.end - node.offset),
                    help: "remove one of the two statements")
                continue
            }
            result.classes[index].objectClass.defaults[keyPath: path] = value
        }
    }
}
