import JSON

/// Writes diagnostics as one JSON document, for programs that read this tool's output.
///
/// Keys always come in the order below and are never left out; what does not apply is null.
///
///     {
///       "version": 1,                 // of this schema: raised when a reader must change
///       "diagnostics": [{
///         "code": "unknown-type",     // stable
///         "severity": "error",        // or "warning", "note"
///         "message": "…",
///         "primary": LOCATION,        // null if the diagnostic concerns no place
///         "label": "…",               // what stands at the primary location; null if the message says it all
///         "labels": [{"message": "…", "location": LOCATION}],   // LOCATION may be null
///         "expansion": [              // the macro calls that produced the text, innermost first
///           {"macro": "…", "file": "…", "line": 14, "column": 1}  // the last three may be null
///         ],
///         "notes": ["…"],
///         "help": "…",                // may be null
///         "suggestion": {             // may be null
///           "replacement": "…",
///           "location": {             // null if it is known of no place
///             "file": "…", "line": 14, "column": 14, "endLine": 14, "endColumn": 20,
///             "byteOffset": 310, "byteLength": 6
///           }
///         }
///       }],
///       "summary": {
///         "errors": 2, "warnings": 1, "notes": 0, "errorsNotShown": 0,
///         "complete": true          // false if the search stopped at the limit on errors: there may be more
///       },
///       "result": {                 // null if there are errors
///         "path": "xenpolicy",      // null if nothing was written, "-" for the standard output
///         "bytes": 10943,
///         "target": "xen",          // or "selinux"
///         "policyVersion": 30,
///         "loadsOn": ["4.17", "4.18"]    // releases of Xen
///       }
///     }
///
/// A LOCATION never crosses the end of its line:
///
///     {
///       "file": "modules/dom0.te", "line": 14,
///       "column": 14, "endColumn": 20,        // the end is the column behind the last byte
///       "byteOffset": 310, "byteLength": 6,   // in the file that was read
///       "text": "domu_t",                     // what stands there; null if longer than 1024 bytes
///       "physical": {"file": "policy.conf", "line": 8812}     // may be null
///     }
///
/// Lines and columns count from 1, columns in bytes. `physical` is null unless a line marker presumes `file`
/// and `line`; it says which file was read, and so what `byteOffset` counts in. A suggestion's location is always
/// in the file that was read, and may span lines. Macro calls stand where line markers presume them.
///
/// Bytes that are not UTF-8 appear as U+FFFD.
public struct JSONRenderer: Sendable {
    /// Whether the document is spread over lines; otherwise it is one line.
    public let isIndented: Bool

    /// How long a text may be that is repeated in a location, in bytes.
    private static let textLimit = 1024

    public init(indented: Bool = false) {
        isIndented = indented
    }

    /// The diagnostics in the given order, as UTF-8 with a line end.
    ///
    /// - Parameters:
    ///   - diagnostics: what is shown.
    ///   - map: of the sources that they are about.
    ///   - counts: What the summary says; by default, what is given here is counted.
    ///   - isComplete: Whether everything was looked for.
    ///   - result: What the run made.
    public func render(
        _ diagnostics: [Diagnostic], in map: SourceMap, counts: DiagnosticCounts? = nil, isComplete: Bool = true,
        result: RunResult? = nil
    ) -> [UInt8] {
        var locator = SourceLocator(map)
        let counts = counts ?? DiagnosticCounts(of: diagnostics)
        var json = JSONWriter(indented: isIndented)
        json.object { json in
            json.member("version", 1)
            json.member("diagnostics", array: { json in
                for diagnostic in diagnostics { Self.write(diagnostic, to: &json, &locator) }
            })
            json.member("summary", object: { json in
                json.member("errors", counts.errors)
                json.member("warnings", counts.warnings)
                json.member("notes", counts.notes)
                json.member("errorsNotShown", counts.errorsNotShown)
                json.member("complete", isComplete)
            })
            json.key("result")
            if let result { result.write(to: &json) } else { json.null() }
        }
        json.newline()
        return json.bytes
    }

    private static func write(
        _ diagnostic: Diagnostic, to json: inout JSONWriter, _ locator: inout SourceLocator
    ) {
        json.object { json in
            json.member("code", diagnostic.code.name)
            json.member("severity", diagnostic.severity.rawValue)
            json.member("message", diagnostic.message)
            json.key("primary")
            write(locationOf: diagnostic.primary, to: &json, &locator)
            json.member("label", diagnostic.primaryLabel)
            json.member("labels", array: { json in
                for label in diagnostic.labels {
                    json.object { json in
                        json.member("message", label.message)
                        json.key("location")
                        write(locationOf: label.span, to: &json, &locator)
                    }
                }
            })
            json.member("expansion", array: { json in
                for call in locator.stack(of: diagnostic.primary) { write(call, to: &json, &locator) }
            })
            json.member("notes", array: { json in
                for note in locator.notes(of: diagnostic) { json.value(note) }
            })
            json.member("help", diagnostic.help)
            json.key("suggestion")
            write(diagnostic.suggestion, to: &json, &locator)
        }
    }

    private static func write(
        locationOf span: Span, to json: inout JSONWriter, _ locator: inout SourceLocator
    ) {
        guard let region = locator.region(of: span) else { return json.null() }
        let location = region.location
        let text = region.shown
        json.object { json in
            json.member("file", location.file)
            json.member("line", location.line)
            json.member("column", location.column)
            json.member("endColumn", location.column + text.count)
            json.member("byteOffset", region.extent.lowerBound)
            json.member("byteLength", text.count)
            json.member("text", text.count <= textLimit ? region.file.bytes[text] : nil)
            json.key("physical")
            guard location.isPresumed else { return json.null() }
            json.object { json in
                json.member("file", region.physical.file)
                json.member("line", region.physical.line)
            }
        }
    }

    private static func write(
        _ call: MacroExpansion, to json: inout JSONWriter, _ locator: inout SourceLocator
    ) {
        let location = locator.region(of: Span(start: call.call, length: 0))?.location
        json.object { json in
            json.member("macro", locator.macroName(of: call))
            json.member("file", location?.file)
            json.member("line", location?.line)
            json.member("column", location?.column)
        }
    }

    private static func write(
        _ suggestion: Diagnostic.Suggestion?, to json: inout JSONWriter, _ locator: inout SourceLocator
    ) {
        guard let suggestion else { return json.null() }
        json.object { json in
            json.member("replacement", suggestion.replacement)
            json.key("location")
            guard let region = locator.region(of: suggestion.span) else { return json.null() }
            let start = region.physical
            let end = locator.end(of: region).physical
            json.object { json in
                json.member("file", start.file)
                json.member("line", start.line)
                json.member("column", start.column)
                json.member("endLine", end.line)
                json.member("endColumn", end.column)
                json.member("byteOffset", region.extent.lowerBound)
                json.member("byteLength", region.extent.count)
            }
        }
    }
}
