extension NamePage {
    /// Calls a function with each element, in order.
    func forEach<Failure: Error>(_ body: (Element) throws(Failure) -> Void) throws(Failure) {
        for index in 0..<size {
            if isLeaf { try body(element(at: index)) } else { try page(at: index).forEach(body) }
        }
    }

    /// Adds the names, each with a zero behind it, to some bytes, from a place in the list of all of them on, until one does
    /// not fit below a limit; false when one did not.
    func appendNames(from offset: inout Int, to bytes: inout [UInt8], limit: Int) -> Bool {
        if offset >= nameBytes {
            offset -= nameBytes
            return true
        }
        for index in 0..<size {
            guard isLeaf else {
                guard page(at: index).appendNames(from: &offset, to: &bytes, limit: limit) else { return false }
                continue
            }
            let name = element(at: index).name
            if offset > name.count {
                offset -= name.count + 1
                continue
            }
            guard bytes.count + name.count - offset + 1 <= limit else { return false }
            bytes.append(contentsOf: name[offset...])
            bytes.append(0)
            offset = 0
        }
        return true
    }
}
