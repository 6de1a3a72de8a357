/// The sections of a policy as its statements come, and which of them stand at a wrong place.
struct SectionOrder: Sendable {
    /// Statements of one section that follow each other.
    struct Run: Sendable {
        let section: Section
        let start: Token
        var count = 1
    }

    /// A run that must move, and one that shows it.
    struct Misplaced: Sendable {
        let run: Run
        let other: Run
        /// Whether it stands before the other and belongs behind it.
        let isEarly: Bool
        /// The section next to which it belongs.
        let neighbour: Section
        /// The offsets at which its statements begin.
        let extent: Range<UInt32>
    }

    private(set) var runs: [Run] = []
    private var isSorted = true

    mutating func enter(_ section: Section, _ start: Token) {
        guard let last = runs.indices.last else {
            runs.append(Run(section: section, start: start))
            return
        }
        if runs[last].section == section {
            runs[last].count += 1
        } else {
            if section < runs[last].section { isSorted = false }
            runs.append(Run(section: section, start: start))
        }
    }

    func has(_ section: Section) -> Bool { runs.contains { $0.section == section } }

    /// What must move so that the order is right: as few statements as possible, and of as many the later ones. One
    /// statement of a late section among the first modules of a tree is wrong then, and not all that follows it.
    var misplaced: [Misplaced] {
        guard !isSorted else { return [] }
        let isKept = keptRuns()
        var result: [Misplaced] = []
        var kept: [Run] = []
        var reported: Set<[Section]> = []
        var later = LaterRuns(runs, isKept)
        for (index, run) in runs.enumerated() {
            later.pass(index)
            guard !isKept[index] else {
                if kept.last?.section != run.section { kept.append(run) }
                continue
            }
            if let other = kept.first(where: { $0.section > run.section }) {
                let last = kept.last ?? other
                // A part that stands at the wrong place is one mistake, however many statements it has.
                guard reported.insert([run.section, last.section]).inserted else { continue }
                result.append(
                    Misplaced(run: run, other: last, isEarly: false, neighbour: other.section, extent: extent(of: index)))
            } else if let other = later.first(before: run.section) {
                result.append(
                    Misplaced(
                        run: run, other: runs[other], isEarly: true,
                        neighbour: later.last(before: run.section) ?? runs[other].section, extent: extent(of: index)))
            }
        }
        return result
    }

    private func extent(of index: Int) -> Range<UInt32> {
        runs[index].start.offset..<(index + 1 < runs.count ? runs[index + 1].start.offset : .max)
    }

    /// Which runs make up the most statements whose order is right.
    private func keptRuns() -> [Bool] {
        // By the section of the last run: how many statements, and the run.
        var best: [(weight: Int, run: Int)] = Array(repeating: (0, -1), count: Section.allCases.count)
        var before = [Int](repeating: -1, count: runs.count)
        for (index, run) in runs.enumerated() {
            var weight = 0
            for section in 0...run.section.rawValue where best[section].weight > weight {
                weight = best[section].weight
                before[index] = best[section].run
            }
            if weight + run.count > best[run.section.rawValue].weight {
                best[run.section.rawValue] = (weight + run.count, index)
            }
        }
        var isKept = [Bool](repeating: false, count: runs.count)
        var heaviest = (weight: 0, run: -1)
        // What stands first is right where as many say so.
        for entry in best where entry.weight > heaviest.weight || (entry.weight == heaviest.weight && entry.run < heaviest.run) {
            heaviest = entry
        }
        var index = heaviest.run
        while index >= 0 {
            isKept[index] = true
            index = before[index]
        }
        return isKept
    }

    /// The kept runs behind a place, by section.
    private struct LaterRuns {
        /// For each section, its kept runs, last to first.
        private var bySection: [[Int]] = Array(repeating: [], count: Section.allCases.count)

        init(_ runs: [Run], _ isKept: [Bool]) {
            for index in runs.indices.reversed() where isKept[index] { bySection[runs[index].section.rawValue].append(index) }
        }

        /// Forgets the runs up to one.
        mutating func pass(_ index: Int) {
            for section in bySection.indices where bySection[section].last == index { bySection[section].removeLast() }
        }

        /// The first run of an earlier section than a given one.
        func first(before section: Section) -> Int? {
            bySection[..<section.rawValue].compactMap(\.last).min()
        }

        /// The last section before a given one that has a run.
        func last(before section: Section) -> Section? {
            bySection[..<section.rawValue].lastIndex { !$0.isEmpty }.flatMap { Section(rawValue: $0) }
        }
    }
}
