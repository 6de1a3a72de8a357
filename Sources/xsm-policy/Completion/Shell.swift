import Arguments
import Files
import Glibc

/// A shell that completes this tool's command lines.
enum Shell: String, CaseIterable {
    case bash, zsh, fish

    /// What the shell is to read, to ask this tool whenever somebody wants a word completed.
    var script: String {
        switch self {
        case .bash:
            """
            # Completion of xsm-policy for bash: the tool itself knows what may stand where.
            _xsm_policy() {
            	mapfile -t COMPREPLY < <(xsm-policy complete bash "${COMP_LINE:COMP_POINT}" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
            }
            complete -o default -F _xsm_policy xsm-policy

            """
        case .zsh:
            """
            #compdef xsm-policy
            # Completion of xsm-policy for zsh: the tool itself knows what may stand where.
            _xsm_policy() {
            	local -a candidates=("${(@f)$(xsm-policy complete zsh "${words[CURRENT+1,-1]}" "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            	if [[ -n $candidates ]]; then compadd -a candidates; else _files; fi
            }
            compdef _xsm_policy xsm-policy

            """
        case .fish:
            """
            # Completion of xsm-policy for fish: the tool itself knows what may stand where.
            complete -c xsm-policy -f -a '(xsm-policy complete fish "" (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
                or __fish_complete_path (commandline -ct))'

            """
        }
    }

    /// The script, as `xsm-policy completion SHELL` prints it.
    static func printScript(_ operands: [String]) throws(UsageError) -> Never {
        let known = allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        guard operands.count == 1, let shell = Shell(rawValue: operands[0]) else {
            throw UsageError(message: "`xsm-policy completion` takes the name of a shell: one of \(known)")
        }
        tell(shell.script, STDOUT_FILENO)
        exit(0)
    }

    /// What a shell is answered that asks for candidates: it says its name, what stands behind the word, and all up to
    /// the word's end. The status is 1 where there is none, so that it can offer files.
    static func printCandidates(_ operands: [String]) throws(UsageError) -> Never {
        guard operands.count >= 2, let shell = Shell(rawValue: operands[0]) else { throw UsageError(message: "no shell is asking") }
        var words = Array(operands[2...])
        if shell == .bash { words = Array(split(words.first ?? "").dropFirst()) }
        var candidates = Completion(words: words, behind: split(operands[1])).candidates()
        // For bash a word ends at each of these: it wants what comes behind the last one.
        if shell == .bash, let last = words.last, let end = last.lastIndex(where: { $0 == ":" || $0 == "=" }) {
            candidates = candidates.map { String($0.dropFirst(last[...end].count)) }
        }
        tell(candidates.map { $0 + "\n" }.joined(), STDOUT_FILENO)
        exit(candidates.isEmpty ? 1 : 0)
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
