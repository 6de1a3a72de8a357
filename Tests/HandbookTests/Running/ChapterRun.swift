import Foundation
import TestSupport

/// A chapter done from its first line to its last by one shell, in a folder of its own that has `Policies` and the recorded logs, with our tools first
/// on its path.
struct ChapterRun {
    struct Outcome {
        let command: Chapter.Command
        let output: [String]
        /// Nil where it was not come to.
        let status: Int?
    }

    let outcomes: [Outcome]
    /// What was still running behind the last command, by its command line. It was ended.
    let leftovers: [String]
    /// Whether it took too long, and was ended.
    let isOverdue: Bool

    /// Seconds.
    static let limit = 60

    // A command gets no descriptors but three: by one that Foundation has left open it waits for the end of everybody who has it. And what
    // runs in the background is no job of the shell's: it would print of it into the output of whichever command comes next.
    private static let script = """
        status_of() { return "$1"; }
        handbook_status=0
        handbook_closed=
        for handbook_descriptor in /proc/$$/fd/*; do
            handbook_descriptor=${handbook_descriptor##*/}
            ((handbook_descriptor <= 2)) || handbook_closed+=" $handbook_descriptor>&-"
        done
        for ((handbook_step = 0; handbook_step < HANDBOOK_STEPS; handbook_step++)); do
            handbook_record=$HANDBOOK_RECORDS/$handbook_step
            if [[ -e $handbook_record.file ]]; then
                handbook_path=$(<"$handbook_record.path")
                [[ $handbook_path != */* ]] || mkdir -p "${handbook_path%/*}"
                if [[ -e $handbook_record.append ]]; then cat "$handbook_record.file" >>"$handbook_path"; else cat "$handbook_record.file" >"$handbook_path"; fi
                continue
            fi
            handbook_text=$(<"$handbook_record.command")
            status_of "$handbook_status"
            eval 'eval "$handbook_text" >"$handbook_record.output" 2>&1 </dev/null'"$handbook_closed"
            handbook_status=$?
            disown -a
            echo "$handbook_status" >"$handbook_record.status"
        done
        """

    /// - Parameter tools: by their names.
    init(_ chapter: Chapter, tools: [String: URL]) throws {
        let folder = try TemporaryFolder()
        let (work, records, links) = (folder.url.appending(path: "work"), folder.url.appending(path: "records"), folder.url.appending(path: "bin"))
        for url in [work, records, links] { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
        for (name, tool) in tools { try FileManager.default.createSymbolicLink(at: links.appending(path: name), withDestinationURL: tool) }
        let repository = BuiltPackage.repository
        try Self.copy(repository.appending(path: "Policies"), to: work.appending(path: "Policies"))
        try Self.copy(repository.appending(path: "Tests/Corpus/console"), to: work.appending(path: "Tests/Corpus/console"))
        try Self.copy(repository.appending(path: "Tests/Corpus/lspci"), to: work.appending(path: "Tests/Corpus/lspci"))

        let steps = chapter.steps.filter { step in if case .command(let command) = step { command.isRun } else { true } }
        for (index, step) in steps.enumerated() {
            func record(_ kind: String, _ text: String) throws { try Data(text.utf8).write(to: records.appending(path: "\(index).\(kind)")) }
            switch step {
            case .file(let file):
                try record("file", file.text)
                try record("path", file.path)
                if file.isAppended { try record("append", "") }
            case .command(let command): try record("command", command.text)
            }
        }

        let mark = "HANDBOOK_RUN=\(UUID().uuidString)"
        let process = Process()
        // Who is started from here has signals blocked, and would hand that on: `kill` and `timeout` in an example would end nothing.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--default-signal"]
        if chapter.takesOfTheMachine {
            let lock = FileManager.default.temporaryDirectory.appending(path: "xsm-handbook.lock").path
            process.arguments? += ["/usr/bin/flock", "--close", "--timeout", String(2 * Self.limit), lock]
        }
        process.arguments? += ["/usr/bin/timeout", "--kill-after=5", String(Self.limit), "/bin/bash", "-c", Self.script]
        process.currentDirectoryURL = work
        process.environment = [
            "HANDBOOK_RUN": String(mark.dropFirst(13)), "HANDBOOK_RECORDS": records.path, "HANDBOOK_STEPS": String(steps.count),
            "PATH": links.path + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": work.path, "COLUMNS": "110", "TERM": "dumb",
            "LC_ALL": "C.UTF-8", "TZ": "UTC",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runToItsEnd()
        isOverdue = process.terminationStatus == 124 || process.terminationStatus == 137

        outcomes = steps.enumerated().compactMap { index, step in
            guard case .command(let command) = step else { return nil }
            let text = { (kind: String) in (try? Data(contentsOf: records.appending(path: "\(index).\(kind)"))).map { String(decoding: $0, as: UTF8.self) } }
            return Outcome(
                command: command, output: ExpectedOutput.lines(of: text("output") ?? ""),
                status: text("status").flatMap { Int($0.trimmingCharacters(in: .newlines)) })
        }
        leftovers = try Leftovers.end(mark)
    }

    private static func copy(_ source: URL, to destination: URL) throws {
        try FileManager.default.createDirectory(at: destination.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: source.resolvingSymlinksInPath(), to: destination)
    }
}
