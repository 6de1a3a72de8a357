package import Flask

extension DenialFields {
    /// The record of these fields.
    ///
    /// - Parameter line: the bytes that the fields were found in.
    public func record(in line: Span<UInt8>) -> DenialRecord {
        var names: [Name] = []
        var unnamed: UInt32 = 0
        forEachPermission(in: line) { word in
            let bytes = line.bytes(word)
            if let bits = Self.hexadecimal(bytes[...]), let bits = UInt32(exactly: bits) {
                unnamed |= bits
            } else {
                names.append(Name(bytes: bytes))
            }
        }
        let record = AuditRecord(
            verdict: isGranted ? .granted : .denied, permissions: names, unnamedPermissions: unnamed,
            subject: AuditSubject(
                source: domain(sourceDomain), target: domain(targetDomain), current: domain(currentDomain),
                object: object.isPresent ? Self.object(line.bytes(object.range)) : nil),
            source: context(source, line), target: context(target, line),
            objectClass: Name(bytes: line.bytes(objectClass.range)))
        return DenialRecord(record: record, time: time, boot: boot, line: self.line)
    }

    /// The words between the braces, from left to right.
    func forEachPermission(in line: Span<UInt8>, _ body: (Range<Int>) -> Void) {
        guard permissions.isPresent else { return }
        var start = Int(permissions.start)
        let end = Int(permissions.end)
        while start < end {
            var stop = start
            while stop < end, line[stop] != UInt8(ascii: " ") { stop += 1 }
            if stop > start { body(start..<stop) }
            start = stop + 1
        }
    }

    private func domain(_ number: Int32) -> DomainIdentifier? { UInt16(exactly: number).map(DomainIdentifier.init(rawValue:)) }

    private func context(_ context: Context, _ line: Span<UInt8>) -> AuditRecord.Context {
        context.isIdentifier
            ? .identifier(SecurityIdentifier(rawValue: UInt32(bitPattern: context.identifier))) : .text(line.bytes(context.text.range))
    }

    /// What `device=0x8`, `irq=9`, `range=0x1-0x2`, `pte=0x1 mfn=0x2` and `dtdevice=/path` stand for; nil for anything else.
    package static func object(_ text: [UInt8]) -> AuditObject? {
        func behind(_ key: String) -> ArraySlice<UInt8>? { text.starts(with: key.utf8) ? text.dropFirst(key.utf8.count) : nil }
        if let value = behind("device=") { return number(value).map { .device($0) } }
        if let value = behind("irq=") { return Int32(String(decoding: value, as: UTF8.self)).map { .interrupt($0) } }
        if let value = behind("range=") {
            let parts = value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard parts.count == 2, let low = number(parts[0]), let high = number(parts[1]) else { return nil }
            return .range(low, high)
        }
        if let value = behind("pte=") {
            let parts = value.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].starts(with: "mfn=".utf8), let entry = number(parts[0]), let frame = number(parts[1].dropFirst(4))
            else { return nil }
            return .memory(entry: entry, frame: frame)
        }
        return behind("dtdevice=").map { .deviceTreeNode(Array($0)) }
    }

    /// Hexadecimal digits behind `0x`; a zero has no prefix since Xen 4.5.
    private static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
        text.elementsEqual("0".utf8) ? 0 : hexadecimal(text)
    }

    static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard text.starts(with: "0x".utf8), text.count > 2, text[text.startIndex + 2] != UInt8(ascii: "+"), text[text.startIndex + 2] != UInt8(ascii: "-")
        else { return nil }
        return UInt64(String(decoding: text.dropFirst(2), as: UTF8.self), radix: 16)
    }
}

extension Span<UInt8> {
    /// A copy of a part; of what there is of it.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range.clamped(to: 0..<count) { bytes.append(self[index]) }
        return bytes
    }
}
