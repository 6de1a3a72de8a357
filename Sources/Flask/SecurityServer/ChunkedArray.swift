/// An array that grows in pieces: no append ever moves what is there, so that none takes long.
struct ChunkedArray<Element: Sendable>: Sendable {
    private static var chunkSize: Int { 4_096 }
    private var chunks: [[Element]] = []
    private(set) var count = 0

    subscript(index: Int) -> Element {
        get { chunks[index / Self.chunkSize][index % Self.chunkSize] }
        set { chunks[index / Self.chunkSize][index % Self.chunkSize] = newValue }
    }

    mutating func append(_ element: Element) {
        if count % Self.chunkSize == 0 {
            var chunk: [Element] = []
            // Most tables stay small.
            if count > 0 { chunk.reserveCapacity(Self.chunkSize) }
            chunks.append(chunk)
        }
        chunks[count / Self.chunkSize].append(element)
        count += 1
    }
}
