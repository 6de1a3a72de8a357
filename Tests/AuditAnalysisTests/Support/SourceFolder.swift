import Foundation
import PolicyCompiler

/// Sources for tests: files by their paths, wherever they came from.
struct SourceFolder: SourceReader {
    var files: [String: [UInt8]]

    init(_ texts: [String: String]) {
        files = texts.mapValues { Array($0.utf8) }
    }

    /// What a folder holds, below a name.
    init(copying folder: URL, as name: String) throws {
        files = [:]
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        for path in paths {
            let whole = folder.appendingPathComponent(path)
            guard try whole.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            files["\(name)/\(path)"] = Array(try Data(contentsOf: whole))
        }
    }

    func contents(of path: String) -> [UInt8]? { files[path] }

    func entries(of directory: String) -> [String]? {
        let prefix = directory + "/"
        let names = Set(files.keys.filter { $0.hasPrefix(prefix) }.compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) })
        return names.isEmpty ? nil : names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    subscript(path: String) -> String {
        get { String(decoding: files[path] ?? [], as: UTF8.self) }
        set { files[path] = Array(newValue.utf8) }
    }

    /// Writes all files of a folder of this one into a real one.
    func write(_ name: String, to folder: URL) throws {
        for (path, bytes) in files where path.hasPrefix(name + "/") {
            let url = folder.appendingPathComponent(String(path.dropFirst(name.count + 1)))
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
    }
}
