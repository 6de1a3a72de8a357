public import Foundation

/// The package that is tested: its folder, and its tool as users get it.
public enum BuiltPackage {
    public static let repository: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// `xsm-compile`: the one that `XSM_COMPILE` names, or the one that was built with the tests.
    public static let compiler: URL? = {
        if let path = ProcessInfo.processInfo.environment["XSM_COMPILE"] { return executable(URL(fileURLWithPath: path)) }
        guard let tests = Bundle.main.executableURL else { return nil }
        var folder = tests.deletingLastPathComponent()
        while folder.path != "/" {
            if let found = executable(folder.appendingPathComponent("xsm-compile")) { return found }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    public static func executable(_ url: URL) -> URL? {
        FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }
}
