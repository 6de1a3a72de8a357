package import Diagnostics
package import Flask

// Where symbols are declared, and what the source's comments silence there.

extension StatementOrigins {
    /// Where the source declares a symbol; nil for one that it does not have, and for kinds that are not looked up.
    package func declaration(of name: Name, _ kind: SymbolKind, in map: inout SourceMap) -> Span? {
        switch kind {
        case .type: declaration(of: name, resolution.types, &map)
        case .role: declaration(of: name, resolution.roles, &map)
        case .user: declaration(of: name, resolution.users, &map)
        case .boolean: declaration(of: name, resolution.booleans, &map)
        default: nil
        }
    }

    private func declaration<Entry>(of name: Name, _ table: SymbolTable<Entry>, _ map: inout SourceMap) -> Span? {
        guard let index = table.identifiers.firstIndex(where: { syntax.identifiers.bytes(of: $0).elementsEqual(name.bytes) }) else { return nil }
        let offset = Int(table.visibility(of: index).offset)
        Compiler.addLineMarkers(governing: [offset], syntax, text, &map)
        return text.span(at: offset, length: name.bytes.count)
    }

    /// Where the source says what bounds a type: the statement `typebounds`.
    package func bounds(ofType name: Name, in map: inout SourceMap) -> Span? {
        for node in syntax.nodes {
            guard case .typeBounds(_, let children) = node.statement,
                syntax[children].contains(where: { syntax.identifiers.bytes(of: $0.identifier).elementsEqual(name.bytes) })
            else { continue }
            let offset = Int(node.offset)
            Compiler.addLineMarkers(governing: [offset], syntax, text, &map)
            return text.span(at: offset, length: Int(node.end - node.offset))
        }
        return nil
    }

    /// Of diagnostics about the policy those that no comment of the source silences.
    package func unsilenced(_ diagnostics: [Diagnostic], in map: inout SourceMap) -> [Diagnostic] {
        guard !syntax.remarks.isEmpty, !diagnostics.isEmpty else { return diagnostics }
        Compiler.addLineMarkers(governing: syntax.remarks.map(\.lowerBound).sorted(), syntax, text, &map)
        var silences = Silences(syntax, text, map)
        return silences.remaining(of: diagnostics)
    }
}
