import Diagnostics
import Flask

// What a tree's interfaces are, and what calls of them would say if they stood behind all modules.

extension PolicyTree {
    /// The interfaces of the enabled modules, by file and in its order; none for SELinux's tree, whose build is another.
    package func interfaces(_ options: TreeOptions, reader: some SourceReader) throws(SourceReadError) -> [PolicyInterface] {
        guard form != .selinux else { return [] }
        var loader = TreeLoader(reader: reader, map: SourceMap())
        let modules = try enabledModules(options, &loader)
        let files: [String]
        if form == .separate { files = modules.map { root.appending(path: "modules/\($0)") } } else { files = try moduleFiles(modules, &loader) }
        var found: [PolicyInterface] = []
        var places: [String: Int] = [:]
        for file in files {
            let path = file + ".if"
            for interface in PolicyInterface.definitions(in: try loader.contents(path), file: path) {
                // The last definition is the one that calls mean.
                if let place = places[interface.name] { found[place] = interface } else {
                    places[interface.name] = found.count
                    found.append(interface)
                }
            }
        }
        return found
    }

    /// What each call says where everything that the tree defines is known; nil for what cannot be read.
    ///
    /// One run of the macro processor expands the tree and then the calls one after the other, so that what one of them defines the next
    /// ones know: calls of interfaces that say nothing but rules do not disturb each other.
    package func expansions(
        of calls: [InterfaceCall], _ options: TreeOptions, reader: some SourceReader
    ) throws(SourceReadError) -> [InterfaceExpansion?] {
        guard form != .selinux, !calls.isEmpty else { return calls.map { _ in nil } }
        var loader = TreeLoader(reader: reader, map: SourceMap())
        let modules = try enabledModules(options, &loader)
        let release = needsVocabulary ? options.release ?? XenRelease.newest : options.release
        var inputs = try self.inputs(modules, release, options, &loader)
        var text = "divert(0)dnl\n"
        for (number, call) in calls.enumerated() { text += "\(Self.mark)\(number)\n\(call.text)\n" }
        inputs += loader.add("interface-calls", text + "\(Self.mark)\(calls.count)\n")
        let expanded = loader.expand(inputs, macroOptions(options, release)).bytes
        return Self.pieces(expanded, count: calls.count).map { $0.flatMap { InterfaceExpansion(Array(expanded[$0])) } }
    }

    /// A line that begins so and ends in a number stands before each call: no macro is called so.
    private static let mark = "xsm_interface_call_number_"

    /// Where the text of each call stands.
    private static func pieces(_ bytes: [UInt8], count: Int) -> [Range<Int>?] {
        let word = Array(mark.utf8)
        var pieces = [Range<Int>?](repeating: nil, count: count)
        var open: (number: Int, start: Int)?
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[start..<end]
            if line.starts(with: word), let number = Int(String(decoding: line.dropFirst(word.count), as: UTF8.self)) {
                if let open, open.number + 1 == number, pieces.indices.contains(open.number) { pieces[open.number] = open.start..<start }
                open = (number, min(end + 1, bytes.count))
            }
            start = end + 1
        }
        return pieces
    }
}
