import Diagnostics
import Flask

// Before 4.2, and in OpenXT, attributes and types are picked out of the modules line by line and put in front of the
// rules, and contexts behind them. The lines keep their places through line markers.

extension PolicyTree {
    func sortedInputs<Reader>(
        _ modules: [String], _ interfacesAreExpanded: Bool, _ options: TreeOptions, _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> [SourceFile] {
        let paths = try moduleFiles(modules, &loader)
        var pre: [LineList.Source] = []
        var rules: [LineList.Source] = []
        var post: [LineList.Source] = []
        for path in ["flask/security_classes", "flask/initial_sids", "flask/access_vectors"] {
            pre += try loader.lines("policy/" + path, below: root)
        }
        let supportNames = try loader.reader.entries(of: root.appending(path: "policy/support")) ?? []
        var support: [LineList.Source] = []
        for name in supportNames where name.hasSuffix(".spt") {
            support += try loader.lines("policy/support/" + name, below: root)
        }
        pre += support
        pre += try loader.lines("policy/mls", below: root)
        if interfacesAreExpanded { pre += try loader.lines("policy/mcs", below: root) }
        for path in paths { rules += try loader.lines(path + ".te", below: "") }
        if interfacesAreExpanded { post += try loader.lines("policy/systemuser", below: root) }
        post += try loader.lines("policy/users", below: root)
        post += try loader.lines("policy/constraints", below: root)

        var interfaces: [LineList.Source] = support
        for path in paths { interfaces += try loader.lines(path + ".if", below: "") }
        let sorter = DeclarationSorter(isOpenXT: interfacesAreExpanded)
        let attributes = rules.flatMap(\.lines).filter { sorter.place(of: $0) == .attribute }
        let types = rules.flatMap(\.lines).filter { sorter.place(of: $0) == .type }
        let rest = rules.flatMap(\.lines).filter { sorter.place(of: $0) == .rule }
        let contexts = DeclarationSorter.contextOrder(isOpenXT: interfacesAreExpanded).flatMap { prefix in
            rules.flatMap(\.lines).filter { sorter.place(of: $0) == .context && $0.starts(with: prefix) }
        }

        var inputs: [SourceFile] = []
        inputs += loader.add("tmp/pre_te_files.conf", pre.flatMap(\.lines))
        if interfacesAreExpanded {
            inputs += loader.add("tmp/generated_definitions.conf", Self.generatedDefinitions(paths))
            inputs += try expandInterfaces(interfaces, options, &loader)
        } else {
            inputs += loader.add("tmp/all_interfaces.conf", interfaces.flatMap(\.lines).map { $0.replacingArguments() })
        }
        inputs += loader.add("tmp/all_attrs_types.conf", attributes + types)
        inputs += try loader.load(root.appending(path: "policy/global_booleans"))
        inputs += try loader.load(root.appending(path: "policy/global_tunables"))
        inputs += loader.add("tmp/only_te_rules.conf", rest)
        inputs += loader.add("tmp/all_post.conf", post.flatMap(\.lines) + contexts)
        return inputs
    }

    /// OpenXT expands the interfaces first, by themselves, which turns them into definitions.
    private func expandInterfaces<Reader>(
        _ interfaces: [LineList.Source], _ options: TreeOptions, _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> SourceFile? {
        guard let file = loader.add("tmp/all_interfaces.conf.in", interfaces.flatMap(\.lines)) else { return nil }
        let text = loader.expand([file], .init(directory: root))
        return loader.add("tmp/all_interfaces.conf", made: text.replacing("dollarsstar", by: "$*"))
    }

    private static func generatedDefinitions(_ paths: [String]) -> String {
        let modules = paths.map { path in path.split(separator: "/").last.map(String.init) ?? path }
        var text = "define(`per_userdomain_templates',`\n"
        for module in modules {
            text += "ifdef(`\(module)_per_userdomain_template',`\(module)_per_userdomain_template($*)')\n"
        }
        text += "')\n"
        for module in modules { text += "define(`\(module).te')\n" }
        return text
    }
}

/// Where the lines of a module go.
private struct DeclarationSorter {
    enum Place { case attribute, type, context, rule }

    let isOpenXT: Bool

    /// The beginnings of lines that are about contexts, in the order in which they are put behind the rules.
    static func contextOrder(isOpenXT: Bool) -> [String] {
        isOpenXT
            ? ["sid ", "fs_use_xattr", "fs_use_task", "fs_use_trans", "genfscon"]
            : ["sid ", "pirqcon", "ioportcon", "iomemcon", "pcidevicecon"]
    }

    func place(of line: LineList.Line) -> Place {
        if line.starts(with: "attribute") { return .attribute }
        if line.starts(with: "type ") { return .type }
        let isContext = Self.contextOrder(isOpenXT: isOpenXT).contains { line.starts(with: $0) }
        return isContext ? .context : .rule
    }
}

/// Lines that remember where they were written.
enum LineList {
    struct Line: Sendable {
        var bytes: ArraySlice<UInt8>
        let file: String
        let number: Int

        func starts(with prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }

        /// With `dollarsstar` written as `$*`: interfaces say it so that macros do not see it too early.
        func replacingArguments() -> Line {
            let word = Array("dollarsstar".utf8)
            var result: [UInt8] = []
            var index = bytes.startIndex
            while index < bytes.endIndex {
                if bytes[index] == word[0], bytes[index...].starts(with: word) {
                    result += Array("$*".utf8)
                    index += word.count
                } else {
                    result.append(bytes[index])
                    index += 1
                }
            }
            return Line(bytes: result[...], file: file, number: number)
        }
    }

    struct Source: Sendable {
        let lines: [Line]
    }
}

extension TreeLoader {
    /// The lines of a file; none when it does not exist.
    mutating func lines(_ path: String, below root: String) throws(SourceReadError) -> [LineList.Source] {
        let whole = root.isEmpty ? path : root.appending(path: path)
        guard let bytes = try reader.contents(of: whole) else { return [] }
        noteFile(whole)
        var lines: [LineList.Line] = []
        var first = 0
        var number = 1
        while first < bytes.count {
            let end = bytes[first...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            lines.append(.init(bytes: bytes[first..<end], file: whole, number: number))
            first = end
            number += 1
        }
        return [LineList.Source(lines: lines)]
    }

    /// A file made of lines of others, each with its place.
    mutating func add(_ name: String, _ lines: [LineList.Line]) -> SourceFile? {
        guard let file = add(name, lines.flatMap(\.bytes)) else { return nil }
        var offset = 0
        var expected: (file: String, number: Int)?
        for line in lines {
            if expected?.file != line.file || expected?.number != line.number {
                map.addLineMarker(at: file.start.advanced(by: offset), file: line.file, line: line.number)
            }
            offset += line.bytes.count
            expected = (line.file, line.number + 1)
        }
        return file
    }
}
