/// How an answer is told.
enum TextFormat: String, CaseIterable { case text, json }
