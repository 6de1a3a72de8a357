public import JSON

/// How an answer is told, as text and as JSON: both of the same values.
public protocol Report {
    func write(_ text: inout AnswerText)
    func write(_ json: inout JSONWriter)
}

extension Report {
    public var text: [UInt8] {
        var text = AnswerText()
        write(&text)
        return text.bytes
    }

    public var json: [UInt8] {
        var json = JSONWriter(indented: true)
        write(&json)
        json.newline()
        return json.bytes
    }

    /// On one line.
    public var lineOfJSON: [UInt8] {
        var json = JSONWriter()
        write(&json)
        json.newline()
        return json.bytes
    }

    public func bytes(_ format: TextFormat) -> [UInt8] {
        switch format {
        case .text: text
        case .json: json
        }
    }
}
