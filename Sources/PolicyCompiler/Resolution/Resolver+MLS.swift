import Diagnostics
import Flask
import Spelling

extension Resolver {
    // MARK: Declarations

    mutating func declareSensitivity(_ name: NameReference, _ aliases: NameList) {
        guard !hasDot(name, "a sensitivity") else { return }
        let outcome = result.sensitivities.mention(name, isDeclaration: true, scope: 0, mayRepeat: false) { table in
            _ = table.nextNumber()
            return SensitivitySymbol(primary: table.entries.count, isAlias: false)
        }
        guard case .added(let primary) = outcome else {
            if case .duplicate(let index) = outcome {
                reportDuplicate("sensitivity", name, first: result.sensitivities.visibility(of: index).offset)
            }
            return
        }
        for alias in syntax[aliases] {
            guard !hasDot(alias, "a sensitivity alias") else { continue }
            let outcome = result.sensitivities.mention(alias, isDeclaration: true, scope: 0, mayRepeat: false) { _ in
                SensitivitySymbol(primary: primary, isAlias: true)
            }
            if case .duplicate(let index) = outcome {
                reportDuplicate("sensitivity", alias, first: result.sensitivities.visibility(of: index).offset)
            }
        }
    }

    mutating func orderSensitivities(_ names: NameList) {
        var order: UInt32 = 0
        for name in syntax[names] {
            guard let index = result.sensitivities.index(of: name.identifier) else {
                reportUnknown(.sensitivity, name, among: result.sensitivities)
                continue
            }
            let primary = result.sensitivities[index].primary
            guard result.sensitivities[primary].number == 0 else {
                hasBrokenLevels = true
                report(
                    "duplicate-dominance", "sensitivity `\(self.name(of: name.identifier))` occurs twice in the order of dominance",
                    at: name)
                continue
            }
            order += 1
            result.sensitivities[primary].number = order
        }
        for index in result.sensitivities.entries.indices {
            let entry = result.sensitivities[index]
            if entry.isAlias {
                result.sensitivities[index].number = result.sensitivities[entry.primary].number
            } else if entry.number == 0, let first = syntax[names].first {
                hasBrokenLevels = true
                report(
                    "incomplete-dominance",
                    "sensitivity `\(name(of: result.sensitivities.identifiers[index]))` is missing in the order of dominance",
                    at: result.sensitivities.visibility(of: index).offset,
                    length: syntax.identifiers.length(of: result.sensitivities.identifiers[index]),
                    labels: [.init(span(first), "the order, from the lowest on")], help: "add it to `dominance`")
            }
        }
    }

    mutating func declareCategory(_ name: NameReference, _ aliases: NameList) {
        guard !hasDot(name, "a category") else { return }
        let outcome = result.categories.mention(name, isDeclaration: true, scope: 0, mayRepeat: false) { table in
            CategorySymbol(number: table.nextNumber(), isAlias: false)
        }
        guard case .added(let primary) = outcome else {
            if case .duplicate(let index) = outcome {
                reportDuplicate("category", name, first: result.categories.visibility(of: index).offset)
            }
            return
        }
        let number = result.categories[primary].number
        for alias in syntax[aliases] {
            guard !hasDot(alias, "a category alias") else { continue }
            let outcome = result.categories.mention(alias, isDeclaration: true, scope: 0, mayRepeat: false) { _ in
                CategorySymbol(number: number, isAlias: true)
            }
            if case .duplicate(let index) = outcome {
                reportDuplicate("category", alias, first: result.categories.visibility(of: index).offset)
            }
        }
    }

    mutating func defineLevel(_ name: NameReference, _ categories: NameList) {
        guard let index = result.sensitivities.index(of: name.identifier) else {
            reportUnknown(.sensitivity, name, among: result.sensitivities)
            return
        }
        let primary = result.sensitivities[index].primary
        guard result.sensitivities[primary].categories.isEmpty else {
            report("duplicate-level", "sensitivity `\(self.name(of: name.identifier))` has a level already", at: name)
            return
        }
        var bitmap = Bitmap()
        for reference in syntax[categories] {
            guard let range = categoryRange(reference) else { continue }
            bitmap.insert(range)
        }
        // Aliases are looked up through their sensitivity.
        result.sensitivities[primary].categories = bitmap
        result.sensitivities[primary].isDefined = true
    }

    // MARK: Levels and ranges

    /// The categories that `c3` or `c0.c3` names, as indices.
    mutating func categoryRange(_ reference: NameReference) -> ClosedRange<Int>? {
        let bytes = syntax.identifiers.bytes(of: reference.identifier)
        guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")) else {
            guard let number = category(bytes, reference) else { return nil }
            return number...number
        }
        guard let low = category(bytes[..<dot], reference), let high = category(bytes[(dot + 1)...], reference) else {
            return nil
        }
        guard low <= high else {
            report("invalid-category-range", "the categories `\(name(of: reference.identifier))` are not in ascending order", at: reference)
            return nil
        }
        return low...high
    }

    private mutating func category(_ bytes: ArraySlice<UInt8>, _ reference: NameReference) -> Int? {
        let text = String(decoding: bytes, as: UTF8.self)
        if let identifier = syntax.identifiers.find(text), let index = result.categories.index(of: identifier) {
            return Int(result.categories[index].number) - 1
        }
        let key = UnknownName(kind: "category " + text, identifier: reference.identifier)
        guard isNewlyUnknown(key, reference) else { return nil }
        let candidates = result.categories.identifiers.map { name(of: $0) }
        let isWhole = bytes.count == syntax.identifiers.length(of: reference.identifier)
        report(
            "unknown-category", "category `\(text)` is not declared", at: reference, label: "not declared",
            help: "declare it with `category \(text);`",
            nearest: isWhole ? Spelling.guess(text, among: candidates) : nil)
        return nil
    }

    mutating func sensitivity(_ name: NameReference) -> Int? {
        guard let index = result.sensitivities.index(of: name.identifier) else {
            reportUnknown(.sensitivity, name, among: result.sensitivities)
            return nil
        }
        return result.sensitivities[index].primary
    }

    /// A level; its categories must be among those of its sensitivity.
    mutating func level(_ level: LevelSyntax) -> MLSLevel? {
        guard let index = sensitivity(level.sensitivity) else { return nil }
        var bitmap = Bitmap()
        for reference in syntax[level.categories] {
            guard let range = categoryRange(reference) else { return nil }
            if let number = result.sensitivities[index].categories.firstMissing(of: range) {
                reportCategory(number, notIn: level.sensitivity, at: reference)
                return nil
            }
            bitmap.insert(range)
        }
        return MLSLevel(sensitivity: result.sensitivities[index].number, categories: bitmap)
    }

    mutating func reportCategory(_ number: Int, notIn sensitivity: NameReference, at reference: NameReference) {
        report(
            "category-not-in-level",
            "category `\(categoryName(number))` is not among those of sensitivity `\(name(of: sensitivity.identifier))`",
            at: reference, help: "add it to the `level` statement of the sensitivity")
    }

    private func categoryName(_ number: Int) -> String {
        zip(result.categories.identifiers, result.categories.entries)
            .first { Int($0.1.number) == number + 1 && !$0.1.isAlias }
            .map { name(of: $0.0) } ?? String(number)
    }

    /// A range, whose high end must dominate the low one.
    mutating func range(_ range: RangeSyntax) -> MLSRange? {
        guard let low = level(range.low) else { return nil }
        guard let highSyntax = range.high else { return MLSRange(low: low, high: low) }
        guard let high = level(highSyntax) else { return nil }
        guard high.dominates(low) || hasBrokenLevels else {
            reportInvertedRange(low: range.low.sensitivity, high: highSyntax.sensitivity)
            return nil
        }
        return MLSRange(low: low, high: high)
    }

    mutating func reportInvertedRange(low: NameReference, high: NameReference) {
        report(
            "invalid-range", "the high level of the range does not dominate the low one", at: high,
            labels: [.init(span(low), "the low level")])
    }
}
