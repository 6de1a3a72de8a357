/// Places for boxes in columns, so that those that belong together stand side by side and no two lie over each other.
///
/// The columns are given; the order in each is found by barycentres, down and up in turns, and the places by least squares: each box
/// wants to stand in the middle of its neighbours, and those of a column keep their order and their distance.
struct LayeredLayout {
    struct Box {
        let column: Int
        let width: Double
        let height: Double
        /// Its upper left corner.
        var x = 0.0
        var y = 0.0

        var middle: Double { y + height / 2 }
    }

    private(set) var boxes: [Box]
    /// Left borders and widths of the columns.
    private(set) var columns: [(x: Double, width: Double)] = []
    private(set) var width = 0.0
    private(set) var height = 0.0

    /// Boxes by index in each column, top to bottom.
    private var order: [[Int]] = []
    private let neighbours: [[Int]]
    /// Between columns, and between boxes of one.
    static let gap = (columns: 44.0, boxes: 14.0)

    /// `links` join boxes of columns side by side.
    init(_ boxes: [Box], links: [(Int, Int)]) {
        self.boxes = boxes
        var neighbours = [[Int]](repeating: [], count: boxes.count)
        for (a, b) in links {
            neighbours[a].append(b)
            neighbours[b].append(a)
        }
        self.neighbours = neighbours
        order = [[Int]](repeating: [], count: (boxes.map(\.column).max() ?? -1) + 1)
        for (index, box) in boxes.enumerated() { order[box.column].append(index) }
        sortColumns()
        placeColumns()
        placeBoxes()
    }

    // MARK: Order

    private mutating func sortColumns() {
        var position = [Double](repeating: 0, count: boxes.count)
        func number(_ column: [Int]) { for (place, box) in column.enumerated() { position[box] = Double(place) - Double(column.count) / 2 } }
        order.forEach(number)
        var best = order
        var fewest = crossings(order)
        for round in 0..<24 where fewest > 0 {
            let columns = round % 2 == 0 ? Array(order.indices) : order.indices.reversed()
            for column in columns {
                let keys = order[column].enumerated().map { place, box -> (Double, Int, Int) in
                    let side = neighbours[box].filter { round % 2 == 0 ? boxes[$0].column < column : boxes[$0].column > column }
                    let mean = side.isEmpty ? position[box] : side.reduce(0) { $0 + position[$1] } / Double(side.count)
                    return (mean, place, box)
                }
                order[column] = keys.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
                number(order[column])
            }
            let count = crossings(order)
            if count < fewest { (best, fewest) = (order, count) }
        }
        order = best
    }

    /// How many links cross; columns are short.
    private func crossings(_ order: [[Int]]) -> Int {
        var place = [Int](repeating: 0, count: boxes.count)
        for column in order { for (index, box) in column.enumerated() { place[box] = index } }
        var count = 0
        for column in order.indices.dropLast() {
            var links: [(Int, Int)] = []
            for box in order[column] { for other in neighbours[box] where boxes[other].column == column + 1 { links.append((place[box], place[other])) } }
            guard links.count <= 2_000 else { return 0 }
            for (index, first) in links.enumerated() {
                for second in links[(index + 1)...] where (first.0 - second.0) * (first.1 - second.1) < 0 { count += 1 }
            }
        }
        return count
    }

    // MARK: Places

    private mutating func placeColumns() {
        var x = 0.0
        for column in order {
            let width = column.map { boxes[$0].width }.max() ?? 0
            columns.append((x, width))
            for box in column { boxes[box].x = x + (width - boxes[box].width) / 2 }
            x += width + Self.gap.columns
        }
        width = max(0, x - Self.gap.columns)
    }

    private mutating func placeBoxes() {
        for column in order {
            var y = 0.0
            for box in column {
                boxes[box].y = y
                y += boxes[box].height + Self.gap.boxes
            }
            for box in column { boxes[box].y -= y / 2 }
        }
        for round in 0..<30 {
            for column in round % 2 == 0 ? order : order.reversed() {
                let wanted = column.map { box -> Double in
                    let near = neighbours[box]
                    guard !near.isEmpty else { return boxes[box].middle }
                    return near.reduce(0) { $0 + boxes[$1].middle } / Double(near.count)
                }
                settle(column, wanted)
            }
        }
        let top = boxes.map(\.y).min() ?? 0
        for box in boxes.indices { boxes[box].y -= top }
        height = boxes.map { $0.y + $0.height }.max() ?? 0
    }

    /// Puts the boxes of a column as near to where they want to be as their order allows: those that would meet become a group, which wants
    /// the mean of what its members want.
    private mutating func settle(_ column: [Int], _ wanted: [Double]) {
        var groups: [(sum: Double, count: Int)] = []
        var offsets: [Double] = []
        var offset = 0.0
        for (place, box) in column.enumerated() {
            offset += boxes[box].height / 2
            offsets.append(offset)
            offset += boxes[box].height / 2 + Self.gap.boxes
            groups.append((wanted[place] - offsets[place], 1))
            while groups.count > 1 {
                let last = groups[groups.count - 1]
                let before = groups[groups.count - 2]
                guard before.sum / Double(before.count) >= last.sum / Double(last.count) else { break }
                groups.removeLast()
                groups[groups.count - 1] = (before.sum + last.sum, before.count + last.count)
            }
        }
        var place = 0
        for group in groups {
            for _ in 0..<group.count {
                let box = column[place]
                boxes[box].y = group.sum / Double(group.count) + offsets[place] - boxes[box].height / 2
                place += 1
            }
        }
    }
}
