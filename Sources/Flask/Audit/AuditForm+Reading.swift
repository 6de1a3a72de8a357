extension AuditForm {
    /// The record of a line, without `(XEN) ` and without its end, in the newest form that fits; nil when it is none.
    public static func read(_ line: [UInt8]) -> (record: AuditRecord, form: AuditForm)? {
        for form in all {
            if let record = form.record(of: line) { return (record, form) }
        }
        return nil
    }

    /// The record of a line in this form, without `(XEN) ` and without its end; nil when it is none. Whoever writes the
    /// record has the line again, to the byte.
    public func record(of line: [UInt8]) -> AuditRecord? {
        var rest = line[...]
        var record = AuditRecord(
            verdict: .denied, permissions: [], source: .text([]), target: .text([]), objectClass: Name(bytes: []))
        for piece in pieces {
            switch piece {
            case .literal(let literal): guard rest.take(literal) else { return nil }
            case .verdict:
                guard let verdict = AuditRecord.Verdict.allCases.first(where: { rest.take($0.rawValue) }) else { return nil }
                record.verdict = verdict
            case .permissions: guard readPermissions(&rest, &record) else { return nil }
            case .domain(let key, let path):
                guard rest.take(key) else { continue }
                guard let domain = domain(rest.takeWord()), rest.take(" ") else { return nil }
                record.subject[keyPath: path] = domain
            case .object: guard readObject(&rest, &record) else { return nil }
            case .context(let key, let numberKey, let path):
                guard let context = context(key, numberKey, &rest) else { return nil }
                record[keyPath: path] = context
            case .objectClass:
                record.objectClass = Name(bytes: Array(rest))
                rest = []
            }
        }
        // What this form would word otherwise is not of this form: the order of domains, a zero with or without prefix.
        return text(of: record) == line ? record : nil
    }

    private func readPermissions(_ rest: inout ArraySlice<UInt8>, _ record: inout AuditRecord) -> Bool {
        if rest.take("null") { return true }
        guard rest.take("{") else { return false }
        while rest.take(" ") {
            if rest.take("}") { return true }
            let word = rest.takeWord()
            if word.starts(with: "0x".utf8) {
                guard let bits = hexadecimal(word), let bits = UInt32(exactly: bits) else { return false }
                record.unnamedPermissions = bits
            } else {
                record.permissions.append(Name(bytes: Array(word)))
            }
        }
        return false
    }

    private func readObject(_ rest: inout ArraySlice<UInt8>, _ record: inout AuditRecord) -> Bool {
        for kind in objectKinds {
            var values: [AuditObject.Value] = []
            var after = rest
            for piece in Self.pieces(of: kind) {
                guard let value = value(piece, &after) else { break }
                values.append(value)
            }
            guard !values.isEmpty else { continue }
            guard let object = AuditObject(kind, values), after.take(" ") else { return false }
            record.subject.object = object
            rest = after
            return true
        }
        return true
    }

    private func value(_ piece: ObjectPiece, _ rest: inout ArraySlice<UInt8>) -> AuditObject.Value? {
        switch piece {
        case .hexadecimal(let key):
            guard rest.take(key) else { return nil }
            return hexadecimal(rest.take { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }).map { .number($0) }
        case .decimal(let key):
            guard rest.take(key), let number = Int64(String(decoding: rest.takeWord(), as: UTF8.self)) else { return nil }
            return .number(UInt64(bitPattern: number))
        case .path(let key):
            guard rest.take(key) else { return nil }
            guard let end = rest.start(of: " scontext=") ?? rest.start(of: " ssid=") else { return nil }
            defer { rest = rest[end...] }
            return .bytes(Array(rest[..<end]))
        }
    }

    /// A context ends where the next part of the line begins: its names may hold spaces.
    private func context(_ key: String, _ numberKey: String, _ rest: inout ArraySlice<UInt8>) -> AuditRecord.Context? {
        if rest.take(numberKey) {
            return Int32(String(decoding: rest.takeWord(), as: UTF8.self)).map {
                .identifier(SecurityIdentifier(rawValue: UInt32(bitPattern: $0)))
            }
        }
        guard rest.take(key) else { return nil }
        let ends = key == "scontext=" ? [" tcontext=", " tsid="] : [" tclass="]
        guard let end = ends.compactMap({ rest.start(of: $0) }).min() else { return nil }
        defer { rest = rest[end...] }
        return .text(Array(rest[..<end]))
    }

    private func domain(_ word: ArraySlice<UInt8>) -> DomainIdentifier? {
        let text = String(decoding: word, as: UTF8.self)
        if domains == .names {
            let named: [DomainIdentifier] = [.io, .xen, .copyOnWrite, .idle]
            if let domain = named.first(where: { $0.description == text }) { return domain }
            return text.hasPrefix("d") ? UInt16(text.dropFirst()).map(DomainIdentifier.init(rawValue:)) : nil
        }
        return UInt16(text).map(DomainIdentifier.init(rawValue:))
    }

    private func hexadecimal(_ word: ArraySlice<UInt8>) -> UInt64? {
        let digits = word.starts(with: "0x".utf8) ? word.dropFirst(2) : word
        return UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

extension ArraySlice<UInt8> {
    /// Goes behind a text if it begins with it.
    fileprivate mutating func take(_ text: String) -> Bool {
        guard starts(with: text.utf8) else { return false }
        self = dropFirst(text.utf8.count)
        return true
    }

    fileprivate mutating func take(while holds: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = prefix(while: holds)
        self = self[taken.endIndex...]
        return taken
    }

    fileprivate mutating func takeWord() -> ArraySlice<UInt8> { take { $0 != UInt8(ascii: " ") } }

    /// Where a text first begins.
    fileprivate func start(of text: String) -> Int? {
        let text = Array(text.utf8)
        return indices.first { self[$0] == text[0] && self[$0...].starts(with: text) }
    }
}
