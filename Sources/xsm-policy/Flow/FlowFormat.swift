/// How an answer about flows is told.
enum FlowFormat: String, CaseIterable {
    case text, json, dot, svg
}
