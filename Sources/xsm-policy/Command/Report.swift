import JSON

/// How an answer is told, as text and as JSON: both of the same values.
protocol Report {
    func write(_ text: inout AnswerText)
    func write(_ json: inout JSONWriter)
}

extension Report {
    var text: [UInt8] {
        var text = AnswerText()
        write(&text)
        return text.bytes
    }

    var json: [UInt8] {
        var json = JSONWriter(indented: true)
        write(&json)
        json.newline()
        return json.bytes
    }

    func bytes(_ format: TextFormat) -> [UInt8] {
        switch format {
        case .text: text
        case .json: json
        }
    }
}
