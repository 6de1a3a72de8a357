extension Policy {
    /// Why a release does not take the policy as its first one, if it can be seen without indexing rules; nil when it takes it. It is the
    /// first reason that Xen meets: while it reads, among the initial SIDs, among the classes (Xen, xen/xsm/flask/ss/services.c:
    /// `security_load_policy`).
    public func refusal(by vocabulary: Vocabulary) -> PolicyLoadError? {
        let rejections = xenRejections(on: vocabulary.release)
        guard rejections.isEmpty else { return .rejected(rejections) }
        if let number = unusableInitialSID { return .duplicateInitialSID(number) }
        return vocabulary.mismatch(with: self).map { .vocabulary($0) }
    }

    /// The number of an initial SID that is there twice, or that no table of contexts has; nil when there is none such.
    var unusableInitialSID: UInt32? {
        var last: UInt32 = 0
        for number in initialContexts.map(\.sid).sorted() {
            guard number > last, number < SIDTable.maximumCount else { return number }
            last = number
        }
        return nil
    }
}
