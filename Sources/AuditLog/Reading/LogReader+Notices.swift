import Flask

extension LogReader {
    /// What a text of the hypervisor's is about, if it is about Flask or its own start.
    static func noticeKind(_ text: Span<UInt8>) -> FlaskNotice.Kind? {
        if text.has("Xen version ", at: 0) { return .start }
        if text.has("FLASK: Denying unknown ", at: 0) { return .unknownOperation }
        if text.has("Flask:", at: 0) || text.has("FLASK:", at: 0) || text.has("FLASK ", at: 0) || text.has("Flask ", at: 0) {
            if text.firstIndex(of: "reason=bounds", from: 0) != nil { return .bounds }
            if text.firstIndex(of: "security_validate_transition", from: 0) != nil { return .validation }
            for word in modes where text.firstIndex(of: word, from: 0) != nil { return .mode }
            for word in refusals where text.firstIndex(of: word, from: 0) != nil { return .refusal }
            for word in holdings where text.firstIndex(of: word, from: 0) != nil { return .policy }
            return .message
        }
        if text.has("XSM Framework", at: 0) || text.has("Policy len ", at: 0) { return .policy }
        if text.has("op=security_compute_av", at: 0) { return .bounds }
        if text.has("security_validate_transition", at: 0) { return .validation }
        if text.firstIndex(of: "Unable to load FLASK policy", from: 0) != nil { return .panic }
        return nil
    }

    private static let modes: [StaticString] = ["enforcing mode", "permissive mode", "Access controls disabled", "Disabled at boot"]
    private static let refusals: [StaticString] = [
        "does not match", "unable to", "incorrect", "not found in policy", "not defined in policy", "truncated", "ebitmap:", "invalid", "bad ", "failed",
    ]
    private static let holdings: [StaticString] = [" rules", " users", " classes", " types"]

    mutating func take(_ kind: FlaskNotice.Kind, _ text: Span<UInt8>, _ time: LogTime, _ sink: inout some LogSink) {
        if kind == .start {
            giveUp(&sink)
            if hasSpokenBefore { boot += 1 }
            release = XenRelease(banner: text)
        }
        tell(kind, text.bytes(0..<min(text.count, 1_024)), time, &sink)
    }
}
