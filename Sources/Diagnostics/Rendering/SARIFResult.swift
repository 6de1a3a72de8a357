import JSON

/// One diagnostic as a SARIF result object.
struct SARIFResult {
    private let diagnostic: Diagnostic
    private let ruleIndex: Int

    init(_ diagnostic: Diagnostic, ruleIndex: Int) {
        self.diagnostic = diagnostic
        self.ruleIndex = ruleIndex
    }

    func write(to json: inout JSONWriter, _ locator: inout SourceLocator) {
        json.object { json in
            json.member("ruleId", diagnostic.code.name)
            json.member("ruleIndex", ruleIndex)
            json.member("level", diagnostic.severity.rawValue)
            Self.write("message", text(locator.notes(of: diagnostic)), to: &json)
            json.member("locations", array: { json in
                guard let region = locator.region(of: diagnostic.primary) else { return }
                json.object { json in
                    Self.write(region, to: &json, &locator)
                    if let label = diagnostic.primaryLabel { Self.write("message", label, to: &json) }
                }
            })
            writeLabels(to: &json, &locator)
            writeStack(to: &json, &locator)
            writeFix(to: &json, &locator)
        }
    }

    private func text(_ notes: [String]) -> String {
        var lines = [diagnostic.message]
        for note in notes { lines.append("note: \(note)") }
        if let help = diagnostic.help { lines.append("help: \(help)") }
        return lines.joined(separator: "\n")
    }

    private func writeLabels(to json: inout JSONWriter, _ locator: inout SourceLocator) {
        guard !diagnostic.labels.isEmpty else { return }
        json.member("relatedLocations", array: { json in
            for (index, label) in diagnostic.labels.enumerated() {
                json.object { json in
                    // The standard wants the elements distinct, which two equal labels would not be otherwise.
                    json.member("id", index + 1)
                    if let region = locator.region(of: label.span) { Self.write(region, to: &json, &locator) }
                    if !label.message.isEmpty { Self.write("message", label.message, to: &json) }
                }
            }
        })
    }

    private func writeStack(to json: inout JSONWriter, _ locator: inout SourceLocator) {
        let stack = locator.stack(of: diagnostic.primary)
        guard !stack.isEmpty else { return }
        json.member("stacks", array: { json in
            json.object { json in
                Self.write("message", "macro expansions, innermost first", to: &json)
                json.member("frames", array: { json in
                    for call in stack {
                        let name = locator.macroName(of: call)
                        json.object { json in
                            json.member("location", object: { json in
                                if let region = locator.region(of: Span(start: call.call, length: name.utf8.count)) {
                                    Self.write(region, to: &json, &locator)
                                }
                                Self.write("message", "in expansion of `\(name)`", to: &json)
                            })
                        }
                    }
                })
            }
        })
    }

    private func writeFix(to json: inout JSONWriter, _ locator: inout SourceLocator) {
        guard let suggestion = diagnostic.suggestion, let region = locator.region(of: suggestion.span)
        else { return }
        let end = locator.end(of: region)
        let startColumn = locator.codePointColumns(of: region).lowerBound
        let endColumn = locator.codePointColumns(of: end).lowerBound
        json.member("fixes", array: { json in
            json.object { json in
                let description = suggestion.replacement.isEmpty ? "remove" : "use `\(suggestion.replacement)`"
                Self.write("description", description, to: &json)
                json.member("artifactChanges", array: { json in
                    json.object { json in
                        Self.write(artifact: region.file.name, to: &json)
                        json.member("replacements", array: { json in
                            json.object { json in
                                json.member("deletedRegion", object: { json in
                                    json.member("startLine", region.line + 1)
                                    json.member("startColumn", startColumn)
                                    json.member("endLine", end.line + 1)
                                    json.member("endColumn", endColumn)
                                })
                                json.member("insertedContent", object: { json in
                                    json.member("text", suggestion.replacement)
                                })
                            }
                        })
                    }
                })
            }
        })
    }
}

extension SARIFResult {
    /// A message object. Its text must not be empty, and a brace in it would begin a placeholder.
    static func write(_ name: String, _ text: String, to json: inout JSONWriter) {
        var escaped = ""
        for scalar in text.unicodeScalars {
            escaped.unicodeScalars.append(scalar)
            if scalar == "{" || scalar == "}" { escaped.unicodeScalars.append(scalar) }
        }
        json.member(name, object: { json in
            json.member("text", escaped.isEmpty ? "(no message)" : escaped)
        })
    }

    /// The physical location of a region's first line.
    private static func write(_ region: SourceRegion, to json: inout JSONWriter, _ locator: inout SourceLocator) {
        let columns = locator.codePointColumns(of: region)
        json.member("physicalLocation", object: { json in
            write(artifact: region.location.file, to: &json)
            json.member("region", object: { json in
                // A marker may say line 0; a SARIF line may not.
                json.member("startLine", max(region.location.line, 1))
                json.member("startColumn", columns.lowerBound)
                json.member("endColumn", columns.upperBound)
            })
        })
    }

    private static func write(artifact name: String, to json: inout JSONWriter) {
        json.member("artifactLocation", object: { json in
            json.member("uri", uri(ofFile: name))
        })
    }

    /// A file's name as a URI: absolute with the `file` scheme, or a relative reference.
    static func uri(ofFile name: String) -> String {
        let slash = UInt8(ascii: "/")
        var path = name.utf8[...]
        while path.starts(with: "./".utf8) { path = path.dropFirst(2).drop { $0 == slash } }
        var uri = path.first == slash ? "file://" : ""
        for byte in path {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                // Also the colon: in a relative reference it would look like the end of a scheme.
                let digits = String(byte, radix: 16, uppercase: true)
                uri += byte < 0x10 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return uri
    }
}
