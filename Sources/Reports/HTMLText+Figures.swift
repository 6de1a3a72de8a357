extension HTMLText {
    /// A length in a picture, with a digit behind the point at most.
    public static func length(_ value: Double) -> String { "\(Double(Int(value * 10)) / 10)" }

    /// How long a stretch of a plot is, in the unit that suits it.
    public static func duration(_ microseconds: Int64) -> String {
        let seconds = microseconds / 1_000_000
        return seconds < 120 ? "\(seconds) s" : seconds < 7_200 ? "\(seconds / 60) min" : seconds < 172_800 ? "\(seconds / 3_600) h" : "\(seconds / 86_400) d"
    }
}
