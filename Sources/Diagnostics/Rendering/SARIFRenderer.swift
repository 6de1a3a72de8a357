import JSON

/// Writes diagnostics as a SARIF 2.1.0 log with one run, for code scanning services and editors.
///
/// - A diagnostic is a result; its code is the rule's id, and the rules are those that occur, by id.
/// - The message's text is the diagnostic's message, followed by its notes and its help on lines of their own.
///   As the standard demands (§3.11.5), braces are doubled, which consumers undo.
/// - Labels are related locations; the macro calls that led to the text are a stack, innermost first.
/// - A suggestion is a fix, of the file that was read; everything else stands where line markers presume it.
/// - Columns count Unicode code points from 1 (`columnKind` says so), ill-formed stretches one each; end columns
///   lie behind the last code point.
/// - What the run made is the run's property `result`, as in ``JSONRenderer``; `complete` tells whether everything was
///   looked for.
/// - Relative file names are relative URI references without a base: the consumer's root of the sources holds.
public struct SARIFRenderer: Sendable {
    public let tool: Tool
    /// What is known about the codes; those that are missing appear with their id only.
    public let rules: [Diagnostic.Code: Rule]
    /// Whether the document is spread over lines; otherwise it is one line.
    public let isIndented: Bool

    public init(tool: Tool, rules: [Diagnostic.Code: Rule] = [:], indented: Bool = false) {
        self.tool = tool
        self.rules = rules
        isIndented = indented
    }

    /// The diagnostics in the given order, as UTF-8 with a line end.
    public func render(
        _ diagnostics: [Diagnostic], in map: SourceMap, isComplete: Bool = true, result: RunResult? = nil
    ) -> [UInt8] {
        let codes = Set(diagnostics.map(\.code)).sorted()
        let ruleIndexes = Dictionary(uniqueKeysWithValues: zip(codes, codes.indices))
        var locator = SourceLocator(map)
        var json = JSONWriter(indented: isIndented)
        json.object { json in
            json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            json.member("version", "2.1.0")
            json.member("runs", array: { json in
                json.object { json in
                    write(driverWith: codes, to: &json)
                    json.member("columnKind", "unicodeCodePoints")
                    json.member("results", array: { json in
                        for diagnostic in diagnostics {
                            let ruleIndex = ruleIndexes[diagnostic.code] ?? -1
                            SARIFResult(diagnostic, ruleIndex: ruleIndex).write(to: &json, &locator)
                        }
                    })
                    json.member("properties", object: { json in
                        json.member("complete", isComplete)
                        if let result {
                            json.key("result")
                            result.write(to: &json)
                        }
                    })
                }
            })
        }
        json.newline()
        return json.bytes
    }

    private func write(driverWith codes: [Diagnostic.Code], to json: inout JSONWriter) {
        json.member("tool", object: { json in
            json.member("driver", object: { json in
                json.member("name", tool.name)
                json.member("version", tool.version)
                if let uri = tool.informationURI { json.member("informationUri", uri) }
                json.member("rules", array: { json in
                    for code in codes { write(code, rules[code], to: &json) }
                })
            })
        })
    }

    private func write(_ code: Diagnostic.Code, _ rule: Rule?, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", code.name)
            if let summary = rule?.summary { SARIFResult.write("shortDescription", summary, to: &json) }
            if let uri = rule?.helpURI { json.member("helpUri", uri) }
        }
    }
}
