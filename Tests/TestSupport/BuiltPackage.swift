public import Foundation

/// The package that is tested: its folder, and its tool as users get it.
public enum BuiltPackage {
    public static let repository: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// `xsm-compile`: the one that `XSM_COMPILE` names, or the one that was built with the tests.
    public static let compiler = tool("xsm-compile", variable: "XSM_COMPILE")

    /// `xsm-hypervisor`: the one that `XSM_HYPERVISOR_TOOL` names, or the one that was built with the tests.
    public static let hypervisor = tool("xsm-hypervisor", variable: "XSM_HYPERVISOR_TOOL")

    /// `xsm-launch`: the one that `XSM_LAUNCH` names, or the one that was built with the tests.
    public static let launcher = tool("xsm-launch", variable: "XSM_LAUNCH")

    /// `xsm-policy`: the one that `XSM_POLICY` names, or the one that was built with the tests.
    public static let policyTool = tool("xsm-policy", variable: "XSM_POLICY")

    /// `xsm-audit`: the one that `XSM_AUDIT` names, or the one that was built with the tests.
    public static let auditTool = tool("xsm-audit", variable: "XSM_AUDIT")

    private static func tool(_ name: String, variable: String) -> URL? {
        if let path = ProcessInfo.processInfo.environment[variable] { return executable(URL(fileURLWithPath: path)) }
        guard let tests = Bundle.main.executableURL else { return nil }
        var folder = tests.deletingLastPathComponent()
        while folder.path != "/" {
            if let found = executable(folder.appendingPathComponent(name)) { return found }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    public static func executable(_ url: URL) -> URL? {
        FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }
}
