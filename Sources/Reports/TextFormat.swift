/// How an answer is told.
public enum TextFormat: String, CaseIterable, Sendable { case text, json }
