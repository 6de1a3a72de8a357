import Arguments
import Files
import Glibc

/// A shell that completes a tool's command lines.
enum Shell: String, CaseIterable {
    case bash, zsh, fish

    /// What the shell is to read, to ask the tool whenever somebody wants a word completed.
    func script(for tool: String) -> String {
        let function = "_" + tool.split(separator: "-").joined(separator: "_")
        return switch self {
        case .bash:
            """
            # Completion of \(tool) for bash: the tool itself knows what may stand where.
            \(function)() {
            	mapfile -t COMPREPLY < <(\(tool) complete bash "${COMP_LINE:COMP_POINT}" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
            }
            complete -o default -F \(function) \(tool)

            """
        case .zsh:
            """
            #compdef \(tool)
            # Completion of \(tool) for zsh: the tool itself knows what may stand where.
            \(function)() {
            	local -a candidates=("${(@f)$(\(tool) complete zsh "${words[CURRENT+1,-1]}" "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            	if [[ -n $candidates ]]; then compadd -a candidates; else _files; fi
            }
            compdef \(function) \(tool)

            """
        case .fish:
            """
            # Completion of \(tool) for fish: the tool itself knows what may stand where.
            complete -c \(tool) -f -a '(\(tool) complete fish "" (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
                or __fish_complete_path (commandline -ct))'

            """
        }
    }

    /// Answers a shell that asks for candidates: it says its name, what stands behind the word, and all up to the word's end. The status is 1
    /// where there is none, so that it can offer files.
    static func complete(_ operands: [String], for tool: ToolDescription) throws(UsageError) -> Int32 {
        guard operands.count >= 2, let shell = Shell(rawValue: operands[0]) else { throw UsageError(message: "no shell is asking") }
        var words = Array(operands[2...])
        if shell == .bash { words = Array(split(words.first ?? "").dropFirst()) }
        var candidates = Completion(tool: tool, words: words, behind: split(operands[1])).candidates()
        // For bash a word ends at each of these: it wants what comes behind the last one.
        if shell == .bash, let last = words.last, let end = last.lastIndex(where: { $0 == ":" || $0 == "=" }) {
            candidates = candidates.map { String($0.dropFirst(last[...end].count)) }
        }
        tell(candidates.map { $0 + "\n" }.joined(), STDOUT_FILENO)
        return candidates.isEmpty ? 1 : 0
    }

    /// A command line's words; the last one is empty behind a space.
    static func split(_ line: String) -> [String] {
        var words = [""]
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                words[words.count - 1].append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if quote == nil, character == " " || character == "\t" {
                if words.last != "" { words.append("") }
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words
    }
}
