import Foundation
import TestSupport
import Testing

@Suite("Manual pages")
struct ManualPageTests {
    private static func executable(_ name: String) -> URL? { BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/\(name)")) }

    @Test("There is one for each tool and each command, groff takes it without a warning, and the index finds it", arguments: BuiltTool.all)
    func pages(tool: BuiltTool) throws {
        let folder = try TemporaryFolder()
        let made = try tool.run(["manual", folder.url.path])
        #expect(made.status == 0, "\(made.text)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        let wanted = [tool.name] + (try tool.beginnings()).filter { !$0.isEmpty }.map { "\(tool.name)-\($0[0])" }
        #expect(names == wanted.map { $0 + ".1" }.sorted())
        guard let groff = Self.executable("groff"), let lexgrog = Self.executable("lexgrog") else {
            Peer.missing("groff or lexgrog, which `scripts/setup test` installs: no manual page was read")
            return
        }
        for name in names {
            let page = folder.url.appendingPathComponent(name)
            let checked = try ProcessResult.run(groff, ["-man", "-Tutf8", "-k", "-ww", "-rLL=80n", "-z", page.path])
            #expect(checked.status == 0 && checked.output.isEmpty, "\(name): \(checked.text)")
            let indexed = try ProcessResult.run(lexgrog, [page.path])
            #expect(indexed.status == 0 && indexed.text.contains(": \"\(name.dropLast(2)) - "), "\(indexed.text)")
        }
    }

    @Test("A page says what the help says: each option, each example", arguments: BuiltTool.all)
    func contents(tool: BuiltTool) throws {
        guard let groff = Self.executable("groff") else { return Peer.missing("groff, which `scripts/setup test` installs: no manual page was read") }
        let folder = try TemporaryFolder()
        _ = try tool.run(["manual", folder.url.path])
        for command in try tool.beginnings() {
            let page = folder.url.appendingPathComponent(([tool.name] + command).joined(separator: "-") + ".1")
            let shown = try ProcessResult.run(groff, ["-man", "-Tascii", "-P-c", "-P-b", "-P-u", "-rLL=500n", page.path]).text
            for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES", "EXIT STATUS", "SEE ALSO"] {
                #expect(shown.contains("\n\(section)\n") || shown.hasPrefix("\(section)\n"), "\(page.lastPathComponent) lacks \(section)")
            }
            for option in try BuiltTool.options(in: tool.help(command)) {
                #expect(shown.contains(" " + option.joined(separator: ", ")), "\(page.lastPathComponent) lacks \(option)")
            }
            let help = try tool.run(command + ["--help"]).text.components(separatedBy: "example").last ?? ""
            for line in help.split(separator: "\n") where line.hasPrefix("  xsm-") && !line.hasSuffix("\\") {
                #expect(shown.contains(line.trimmingCharacters(in: .whitespaces)), "\(page.lastPathComponent) lacks \(line)")
            }
        }
    }

    @Test("A folder that is none is an error, and so is its absence")
    func failures() throws {
        for tool in BuiltTool.all {
            let result = try tool.run(["manual", "/dev/null/none"])
            #expect(result.status == 2 && result.text.contains("error: `/dev/null/none/\(tool.name).1` cannot be written"), "\(result.text)")
        }
        #expect(try BuiltTool.all[1].run(["manual"]).status == 2)
    }
}
