extension FixedWidthInteger {
    /// The sum, or the greatest number where it does not fit: counts of a log are what someone else wrote.
    func saturatingSum(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
