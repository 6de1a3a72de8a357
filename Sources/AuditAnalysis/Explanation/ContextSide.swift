/// Which of the two contexts of a decision.
public enum ContextSide: String, Hashable, Sendable, CaseIterable { case source, target }
