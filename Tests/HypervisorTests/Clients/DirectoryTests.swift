import Foundation
import TestSupport
import Testing

/// Whoever can write to the folder of a hypervisor's sockets is taken for it: it serves in none where others can.
@Suite struct DirectoryTests {
    private static func refusal(of directory: String) throws -> String {
        let tool = try #require(BuiltPackage.hypervisor)
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/timeout"), ["20", tool.path, "run", "--xsm", "dummy", "--quiet", "--directory", directory], collecting: .both)
        #expect(result.status == 1, "\(result.text)")
        #expect(!FileManager.default.fileExists(atPath: directory + "/dom0") && !FileManager.default.fileExists(atPath: directory + "/xenstored"))
        return result.text
    }

    @Test("a folder that others may write to is refused, and it is said what to do", arguments: [0o777, 0o1777, 0o770, 0o702])
    func writable(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.url.path)
        let text = try Self.refusal(of: folder.url.path)
        #expect(text.hasPrefix("error: others may write to `\(folder.url.path)`") && text.contains("`chmod go-w` it"), "\(text)")
    }

    @Test("a folder of another user's is refused, and so is one to which his link leads")
    func others() throws {
        guard geteuid() == 0 else { return Peer.missing("root: no folder of another user's was tried") }
        let folder = try TemporaryFolder()
        let (own, foreign) = (folder.url.path + "/own", folder.url.path + "/foreign")
        for path in [own, foreign] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        }
        try FileManager.default.createSymbolicLink(atPath: folder.url.path + "/link", withDestinationPath: own)
        for path in [foreign, folder.url.path + "/link"] {
            let result = unsafe lchown(path, 1_234, 1_234)
            #expect(result == 0)
        }
        for path in [foreign, folder.url.path + "/link"] {
            let text = try Self.refusal(of: path)
            #expect(text.hasPrefix("error: `\(path)` belongs to user 1234, who could put sockets of his own into it"), "\(text)")
        }
    }

    @Test("what is no folder is refused")
    func file() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path + "/file"
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(try Self.refusal(of: path).contains("`\(path)` is no folder"))
    }
}
