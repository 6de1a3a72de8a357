extension UInt64 {
    /// The number as Xen prints it with `%#lx`: a zero has no prefix there. Before Xen 4.5 the prefix was part of the text,
    /// and zero had it too.
    func hexadecimal(prefixesZero: Bool = false) -> String {
        (self != 0 || prefixesZero ? "0x" : "") + String(self, radix: 16)
    }
}
