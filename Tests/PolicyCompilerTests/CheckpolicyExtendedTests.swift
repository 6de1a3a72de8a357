import Foundation
import TestSupport
import Testing

extension CheckpolicyTests {
    /// checkpolicy 3.4 counts the numbers of extended permissions in sixteen bits: what is missing behind the last one
    /// begins at 0 again, and grants everything. The next Debian's checkpolicy still does; the layout 3.6 is that of 3.11,
    /// which counts on.
    @Test(
        "extended permissions up to the last number, and all but those, give the image of checkpolicy 3.4",
        arguments: [
            "{ 0 - 0xffff }", "{ 0xffff }", "~{ 0xffff }", "~{ 0 - 0xffff }", "~{ 0xfdce - 0xffff }", "~{ 0xfdce - 0xfffe }",
            "~{ 0 0xffff }", "~{ 0 - 0x10 0xff00 - 0xffff }", "~{ 0x10 }", "~{ 0 }", "~{ 0 - 1 }", "~{ 0 - 30 }", "~{ 0 - 31 }",
            "~{ 0 - 0x104 }", "~{ 0 - 0x1ff }", "~{ 0 - 0x1ff 0x300 }",
        ])
    func extendedPermissions(numbers: String) throws {
        guard let compiler = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("policy.conf")
        let text = """
            class process
            class file
            sid kernel
            class process { fork }
            class file { ioctl }
            type a;
            role r;
            role r types a;
            allow a a:process fork;
            allowxperm a a:file ioctl \(numbers);
            user u roles r;
            sid kernel u:r:a

            """
        try Data(text.utf8).write(to: file)
        for (layout, peer) in Self.peers() where layout == .old {
            let comparison = try Comparison(
                of: file, isXen: false, isMLS: false, version: 31, layout: layout, peer: peer, compiler: compiler, in: folder.url)
            #expect(comparison.outcome == .same, "\(comparison.report("layout \(layout.rawValue)"))")
        }
    }
}
