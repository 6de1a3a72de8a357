import Flask

/// Lines of the access-vector cache: any bytes, read in each form. What is understood is written again to the byte.
func exercise(_ bytes: [UInt8]) {
    for form in AuditForm.all {
        guard let record = form.record(of: bytes) else { continue }
        claim("the line comes back", form.text(of: record) == bytes)
        claim("what a line says can be told", form.tellable(record) == record)
        for other in AuditForm.all { _ = other.record(of: other.text(of: record)) }
    }
}
