extension AuditForm {
    /// What Xen puts together at once (xen/xsm/flask/avc.c: `AVC_BUF_SIZE`).
    static var bufferSize: Int { 1_024 }

    /// The line of a record, without `(XEN) ` and without its end.
    ///
    /// A part of it that is longer than Xen's buffer is cut there, as Xen does, which then says so in the middle of the
    /// line.
    public func text(of record: AuditRecord) -> [UInt8] {
        let record = tellable(record)
        var text: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal.utf8
            case .verdict: text += record.verdict.rawValue.utf8
            case .permissions: write(record.permissions, record.unnamedPermissions, &text)
            case .domain(let key, let path):
                if let domain = record.subject[keyPath: path] { text += (key + word(domain) + " ").utf8 }
            case .object:
                if let object = record.subject.object { write(object, &text) }
            case .context(let key, let numberKey, let path):
                switch record[keyPath: path] {
                case .text(let words): append(Array(key.utf8) + words, &text)
                case .identifier(let sid): text += (numberKey + String(Int32(bitPattern: sid.rawValue))).utf8
                }
            case .objectClass: append(record.objectClass.bytes, &text)
            }
        }
        return text
    }

    private func append(_ part: [UInt8], _ text: inout [UInt8]) {
        guard part.count >= Self.bufferSize else { return text += part }
        text += part.prefix(Self.bufferSize - 1)
        if isBuffered { text += "\navc_printk: overflow\n".utf8 }
    }

    private func write(_ permissions: [Name], _ unnamed: UInt32, _ text: inout [UInt8]) {
        guard !permissions.isEmpty || unnamed != 0 else { return text += "null".utf8 }
        text += "{".utf8
        for permission in permissions { text += " ".utf8 + permission.bytes }
        if unnamed != 0 { text += (" " + hexadecimal(UInt64(unnamed))).utf8 }
        text += " }".utf8
    }

    private func write(_ object: AuditObject, _ text: inout [UInt8]) {
        let (kind, values) = object.parts
        var part: [UInt8] = []
        for (piece, value) in zip(Self.pieces(of: kind), values) {
            switch (piece, value) {
            case (.hexadecimal(let key), .number(let number)): part += (key + hexadecimal(number)).utf8
            case (.decimal(let key), .number(let number)): part += (key + String(Int64(bitPattern: number))).utf8
            case (.path(let key), .bytes(let bytes)): part += key.utf8 + bytes
            case (.hexadecimal, _), (.decimal, _), (.path, _): break
            }
        }
        append(part + " ".utf8, &text)
    }

    func word(_ domain: DomainIdentifier) -> String { domains == .names ? domain.description : String(domain.rawValue) }

    func hexadecimal(_ number: UInt64) -> String { number.hexadecimal(prefixesZero: prefixesZero) }
}
