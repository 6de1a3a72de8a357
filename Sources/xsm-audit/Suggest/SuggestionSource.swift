import Arguments
import AuditAnalysis
import Commands
import Diagnostics
import Files
import PolicyAnalysis
import PolicyCompiler
import PolicyReports
import SourceFiles

/// A policy's source in which changes are looked for, with what its author promised.
struct SuggestionSource: Sendable {
    let finder: SuggestionFinder<FileSystemReader>
    /// Whether assertions say what no change may break.
    let isChecked: Bool

    /// - Parameters:
    ///   - path: a tree, or a policy.conf; a binary is refused.
    ///   - assertions: the file with what was promised; without one it is the tree's own.
    init(_ path: String, _ input: InputOptions, assertions: String?) throws(CommandFailure) {
        let source: PolicySource
        do throws(InputFailure) {
            let file = PolicyFile(path)
            source = file.isFolder ? .tree(path) : .text(name: path, bytes: try file.bytes())
        } catch {
            throw .policy(error)
        }
        let promised = try Self.assertionFile(assertions, source)
        do throws(InputFailure) {
            finder = try SuggestionFinder(source, reader: FileSystemReader(), options: input, assertions: promised)
        } catch {
            throw .policy(error)
        }
        guard finder.policy.form != .image else {
            throw .usage(UsageError(message: "`\(path)` is a binary: a change is suggested in a source, a tree or a policy.conf"))
        }
        isChecked = promised != nil
    }

    private static func assertionFile(_ named: String?, _ source: PolicySource) throws(CommandFailure) -> AssertionFile? {
        guard let path = named ?? source.assertionsPath.flatMap({ Files.exists($0) ? $0 : nil }) else { return nil }
        var map = SourceMap()
        var diagnostics: [Diagnostic] = []
        let file: AssertionFile
        do throws(InputFailure) {
            let bytes = try PolicyFile(path).bytes()
            do throws(SourceMap.TooLarge) {
                file = AssertionFile(try map.add(name: path, bytes: bytes), diagnostics: &diagnostics)
            } catch {
                throw .tooLarge(path, limit: error.limit)
            }
        } catch {
            throw .policy(error)
        }
        guard diagnostics.isEmpty else { throw .text(diagnostics, map) }
        return file
    }
}
