import Foundation
import TestSupport

/// What the repository holds.
enum Repository {
    /// The products of a kind, `library` or `executable`.
    static func products(_ kind: String) throws -> Set<String> {
        let manifest = try String(contentsOf: BuiltPackage.repository.appendingPathComponent("Package.swift"), encoding: .utf8)
        let products = manifest.components(separatedBy: "products: [").dropFirst().first?.components(separatedBy: "targets: [\n").first ?? ""
        return Set(products.matches(of: /\.([a-z]+)\(name: "([A-Za-z-]+)"/).filter { $0.output.1 == kind }.map { String($0.output.2) })
    }

    /// A file's text.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: BuiltPackage.repository.appendingPathComponent(path), encoding: .utf8)
    }

    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: BuiltPackage.repository.appendingPathComponent(path).path)
    }

    /// Whether a path is a program that can be run.
    static func runs(_ path: String) -> Bool {
        BuiltPackage.executable(BuiltPackage.repository.appendingPathComponent(path)) != nil
    }
}
