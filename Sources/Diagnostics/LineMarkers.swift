/// The line markers of all files of a source map, in the order of their positions.
///
/// A flattened policy has one marker for every few rules, so file names are stored once.
struct LineMarkers: Sendable {
    /// From `position` on, the text is line `line` (and the following ones) of the file with index `file`.
    struct Marker: Sendable {
        let position: SourcePosition
        let file: UInt32
        let line: UInt32
    }

    private var markers: [Marker] = []
    private var names: [String] = []
    private var indexes: [String: UInt32] = [:]

    /// Adds a marker; one at the same position is replaced. Lines outside 0..<2³² are clamped.
    mutating func add(at position: SourcePosition, file: String, line: Int) {
        guard position != .unknown else { return }
        let marker = Marker(position: position, file: index(of: file), line: UInt32(clamping: line))
        // A text is read from its beginning to its end: nearly every marker comes last.
        guard let last = markers.last, last.position >= position else {
            markers.append(marker)
            return
        }
        let place = count(upTo: position)
        if place > 0, markers[place - 1].position == position {
            markers[place - 1] = marker
        } else {
            markers.insert(marker, at: place)
        }
    }

    /// The marker that governs `position` in a file that begins at `fileStart`.
    func governing(_ position: SourcePosition, from fileStart: SourcePosition) -> Marker? {
        let place = count(upTo: position)
        guard place > 0, markers[place - 1].position >= fileStart else { return nil }
        return markers[place - 1]
    }

    func name(of marker: Marker) -> String {
        names[Int(marker.file)]
    }

    /// How many markers stand at `position` or before it.
    private func count(upTo position: SourcePosition) -> Int {
        var low = 0
        var high = markers.count
        while low < high {
            let middle = (low + high) / 2
            if markers[middle].position <= position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func index(of name: String) -> UInt32 {
        if let last = markers.last, names[Int(last.file)] == name { return last.file }
        if let known = indexes[name] { return known }
        let new = UInt32(names.count)
        names.append(name)
        indexes[name] = new
        return new
    }
}
