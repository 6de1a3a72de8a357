/// Does something for each element, two at a time: as many as a small machine has cores.
public func inPairs<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) throws -> Result
) async throws -> [Result] {
    let workers = 2
    return try await withThrowingTaskGroup(of: [(Int, Result)].self) { group in
        for worker in 0..<workers {
            group.addTask {
                try stride(from: worker, to: elements.count, by: workers).map { ($0, try body(elements[$0])) }
            }
        }
        var results: [(Int, Result)] = []
        for try await part in group { results += part }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
