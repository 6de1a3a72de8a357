import Foundation
import TestSupport

/// A bound of a figure that `scripts/bench` prints: `NAME >= VALUE UNIT`.
struct PromisedFigure: Equatable {
    let name: String
    let isLeast: Bool
    let bound: Double
    let unit: String

    /// Nil where it is none.
    init?(_ text: String) {
        guard let parts = text.wholeMatch(of: /([a-z][a-z0-9.\-]*) (>=|<=) ([0-9]+(?:\.[0-9]+)?) ([A-Za-z\/]+)/),
            let bound = Double(parts.output.3)
        else { return nil }
        (name, isLeast, self.bound, unit) = (String(parts.output.1), parts.output.2 == ">=", bound, String(parts.output.4))
    }
}
