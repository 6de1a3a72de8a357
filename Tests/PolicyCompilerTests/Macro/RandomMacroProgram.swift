import TestSupport

/// Writes random m4 programs that end: a macro's body calls only macros with a smaller number.
struct RandomMacroProgram {
    private var generator: SplitMix64
    private var budget = 120

    init(seed: Int) {
        generator = SplitMix64(seed: UInt64(seed))
    }

    private mutating func number(_ range: Range<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices[number(0..<choices.count)]
    }

    /// Two files and one that they may include.
    mutating func files() -> [(name: String, text: String)] {
        var result: [(name: String, text: String)] = []
        for name in ["one.m4", "two.m4"] {
            budget = 120
            var text = result.isEmpty ? Self.prelude : ""
            for _ in 0..<number(3..<30) { text += statement() }
            result.append((name, text))
        }
        return result
    }

    static let included = ["inc.m4": "included __line__\nm0(a,b)second __file__\n", "cut.m4": "no end m1(`x')"]

    private static let prelude = """
        define(`foreach',`ifelse(`$3',`',`',`pushdef(`$1',`$3')$2`'popdef(`$1')`'foreach(`$1',`$2',shift(shift(shift($@))))')')dnl
        define(`count',`$#')define(`join',`ifelse($#,1,`$1',`$1-join(shift($@))')')dnl
        define(`m0',`[$1|$2]')define(`m1',`<m0($@)
        $#>')define(`m2',`m1(`$1',`$2') $*')define(`m3',`')define(`m4x',`$3$2$1`'')

        """

    /// Something with its line end, most of the time.
    private mutating func statement() -> String {
        switch number(0..<24) {
        case 0...3: return definition() + pick(["", "dnl\n", "\n", "dnl rest, of `line\n"])
        case 4: return "divert(\(pick(["0", "1", "2", "-1", "", "3"])))" + pick(["dnl\n", "\n", ""])
        case 5: return "divert" + pick(["dnl\n", "\n", " "])
        case 6: return pick(["undivert", "undivert(1)", "undivert(2,1)", "undivert(3)", "undivert(`inc.m4')"]) + "\n"
        case 7: return pick(["include(`inc.m4')", "include(`cut.m4')", "sinclude(`none.m4')", "include(`inc.m4')dnl"]) + "\n"
        case 8: return "# comment \(text(1, 9)) m1(x) `quote\n"
        case 9: return "m4wrap(`\(text(1, 9))\n')"
        case 10: return "changequote([,])[\(pick(["m1", "a`b", "x[y]z"]))] m1(`x',[y])changequote`'dnl\n"
        case 11: return "changecom(`/*',`*/') /* m1(\n */ # m1(a) \nchangecom(`#')\n"
        case 12: return "`\(text(2, 9))\n\(text(2, 9))\n'\n"
        case 13: return "changequote(<<,>>)<<\(pick(["m1", "a<b", "x<<y>>z", "p\nq"]))>> m1(<<x\n>>,y)changequote\n"
        default: return text(3, 9) + pick(["\n", "\n", "\n", " ", "\n\n"])
        }
    }

    private mutating func definition() -> String {
        let macro = number(0..<9)
        let kind = pick(["define", "define", "define", "pushdef", "popdef", "undefine"])
        if kind == "popdef" || kind == "undefine" { return "\(kind)(`m\(macro + 5)')" }
        return "\(kind)(`m\(macro)',`\(body(below: macro))')"
    }

    private mutating func body(below macro: Int) -> String {
        var result = ""
        for _ in 0..<number(0..<6) {
            switch number(0..<9) {
            case 0, 1: result += pick(["$1", "$2", "$3", "$#", "$0x", "$10"])
            case 2: result += pick(["$*", "$@", "`$1'", "`$2'"])
            case 3: result += text(1, macro)
            case 4:
                result += "ifelse(`$1',`\(pick(["a", "", "b c"]))',`\(text(1, macro))',`$2',`x',`yes\n',`no')"
            case 5: result += "\n"
            case 6: result += pick(["dnl gone\n", "`'", "# note\n", "__line__"])
            default: result += text(1, macro)
            }
        }
        return result
    }

    /// Text that calls only macros below `limit`; its quotes and parentheses are balanced.
    private mutating func text(_ depth: Int, _ limit: Int) -> String {
        var result = ""
        for _ in 0..<number(1..<5) {
            budget -= 1
            result += item(budget > 0 ? depth : 0, limit) + pick(["", " ", "", ""])
        }
        return result
    }

    private mutating func item(_ depth: Int, _ limit: Int) -> String {
        guard depth > 0 else {
            return pick(["a", "b c", "1", "word", "x_y", "$", ";", "{ allow }", "\n", "\t", "__line__", ".", "7z"])
        }
        switch number(0..<20) {
        case 0...5 where limit > 0: return call("m\(number(0..<limit))", depth, limit)
        case 6: return "`" + text(depth - 1, limit) + "'"
        case 7: return "(" + text(depth - 1, limit) + ", " + text(depth - 1, limit) + ")"
        case 8: return "ifelse(" + arguments(number(2..<8), depth, limit) + ")"
        case 9: return "ifdef(`m\(number(0..<9))',`\(text(depth - 1, limit))',\(text(depth - 1, limit)))"
        case 10: return "eval(\(expression(3)))"
        case 11: return call(pick(["count", "join", "len", "shift", "incr", "decr"]), depth, limit)
        case 12: return "foreach(`v',`<v>',\(arguments(number(1..<4), depth, limit)))"
        case 13: return "substr(\(text(depth - 1, limit)),\(number(-1..<4)),\(number(0..<5)))"
        case 14: return "translit(`\(text(0, limit))',`a-c\(pick(["", "-", "x-v"]))',`\(pick(["A-C", "", "z-a", "XY"]))')"
        case 15: return "patsubst(`\(text(0, limit))',`\(expressionPattern(2))',`\(pick(["<\\&>", "", "\\1-", "x"]))')"
        case 16: return "regexp(`abcabd \(text(0, limit))',`\(expressionPattern(2))'" + pick([")", ",`[\\&]')", ",`\\1\\2')"])
        case 17: return "format(`\(pick(["%d", "%5s", "%-4s|", "%03d", "%x", "%%"]))',\(number(-5..<300)))"
        case 18 where limit == 9: return pick(["defn(`m1')", "indir(`m0',q,r)", "builtin(`len',abc)", "divnum", "index(abcabc,`ca')"])
        default: return item(0, limit)
        }
    }

    private mutating func call(_ name: String, _ depth: Int, _ limit: Int) -> String {
        switch number(0..<6) {
        case 0: return name + pick(["", " ", "`'"])
        case 1: return name + "()"
        default: return name + "(" + arguments(number(1..<4), depth, limit) + ")"
        }
    }

    private mutating func arguments(_ count: Int, _ depth: Int, _ limit: Int) -> String {
        var result: [String] = []
        for _ in 0..<count {
            let argument = text(depth - 1, limit)
            result.append(pick(["", " ", "\n"]) + (number(0..<2) == 0 ? "`\(argument)'" : argument))
        }
        return result.joined(separator: ",")
    }

    private mutating func expression(_ depth: Int) -> String {
        guard depth > 0 else { return pick(["0", "1", "2", "7", "-3", "0x1f", "010", "0b101", "0r3:21", "65535"]) }
        switch number(0..<6) {
        case 0: return "(" + expression(depth - 1) + ")"
        case 1: return pick(["-", "~", "!", "+"]) + expression(depth - 1)
        default:
            let operation = pick([
                "+", "-", "*", "/", "%", "**", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^", "&&", "||",
            ])
            return expression(depth - 1) + pick(["", " "]) + operation + pick(["", " "]) + expression(depth - 1)
        }
    }

    /// A regular expression without quotes. Groups are neither nested nor repeated nor together with anchors:
    /// the C library's matcher, which m4 uses, loses groups and even ends m4 in such cases.
    private mutating func expressionPattern(_ depth: Int) -> String {
        var result = ""
        let hasGroups = depth > 0 && number(0..<2) == 0
        for _ in 0..<number(1..<4) {
            let anchors = depth > 0 && !hasGroups ? ["\\b", "\\<", "\\>", "^", "$"] : []
            result += pick(["a", "b", "c", ".", "[a-c]", "[^a]", "\\w", "\\W", " "] + anchors)
            result += pick(["", "", "", "*", "+", "?"])
            if hasGroups, number(0..<2) == 0 {
                result += "\\(" + expressionPattern(0)
                    + (number(0..<2) == 0 ? "\\|" + expressionPattern(0) : "") + "\\)"
            }
        }
        return result
    }
}
