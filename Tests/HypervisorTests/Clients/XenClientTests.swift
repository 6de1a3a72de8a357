import Foundation
import TestSupport
import Testing

/// Xen's own programs, as Debian has them, work against the daemon.
@Suite(.serialized) struct XenClientTests {
    @Test func flaskTools() throws {
        guard Daemon.isReady() else { return }
        let daemon = try Daemon()
        let enforcing = try daemon.xen("flask-getenforce")
        #expect(enforcing.text == "Enforcing\n")
        #expect(enforcing.status == 1)
        let booleans = try daemon.xen("flask-get-bool", "-a").text
        #expect(booleans.contains("guest_writeconsole: 0\n"))
        #expect(try daemon.xen("flask-set-bool", "guest_writeconsole", "1").status == 0)
        #expect(try daemon.xen("flask-get-bool", "guest_writeconsole").text == "guest_writeconsole: 1\n")
        #expect(try daemon.xen("flask-set-bool", "nothing", "1").text.contains("No such file or directory"))
        #expect(try daemon.xen("flask-setenforce", "0").status == 0)
        let permissive = try daemon.xen("flask-getenforce")
        #expect(permissive.text == "Permissive\n")
        #expect(permissive.status == 0)
        #expect(try daemon.xen("flask-setenforce", "1").status == 0)
        #expect(try daemon.xen("flask-loadpolicy", daemon.policy).text == "Successfully loaded policy.\n")
        // Booleans keep their values over a reload.
        #expect(try daemon.xen("flask-get-bool", "guest_writeconsole").text == "guest_writeconsole: 1\n")
        let garbage = daemon.folder.appendingPathComponent("garbage")
        try Data(repeating: 7, count: 5_000).write(to: garbage)
        #expect(try daemon.xen("flask-loadpolicy", garbage.path).text.contains("Unable to load new Flask policy"))
        #expect(try daemon.xen("flask-getenforce").text == "Enforcing\n")
    }

    @Test func xl() throws {
        guard Daemon.isReady() else { return }
        let daemon = try Daemon(["--memory", "8192", "--processors", "3", "--command-line", "flask=enforcing"])
        let info = try daemon.xen("xl", "info")
        #expect(info.status == 0)
        for line in ["nr_cpus                : 3", "total_memory           : 8192", "xen_version            : 4.17.0-xsm",
            "xen_scheduler          : credit2", "xen_commandline        : flask=enforcing"]
        {
            #expect(info.text.contains(line + "\n"), "\(line)")
        }
        let list = try daemon.xen("xl", "list").text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(list.count == 2)
        #expect(list.last == ["Domain-0", "0", "2048", "3", "r-----", "0.0"])
        #expect(try daemon.xen("xl", "getenforce").text == "Enforcing\n")
        #expect(try daemon.xen("xl", "loadpolicy", daemon.policy).status == 0)
        #expect(try daemon.xen("xl", "setenforce", "0").status == 0)
        #expect(try daemon.xen("xl", "getenforce").text == "Permissive\n")
        let dmesg = try daemon.xen("xl", "dmesg").text
        #expect(dmesg.contains("(XEN) Flask:  Starting in enforcing mode.\n"))
        #expect(dmesg == daemon.console)
        // Reading it with `-c` clears it.
        #expect(try daemon.xen("xl", "dmesg", "-c").text == dmesg)
        #expect(try daemon.xen("xl", "dmesg").text == "")
    }

    @Test func aDenialIsInTheLogOfWhoMayReadIt() throws {
        guard Daemon.isReady() else { return }
        let daemon = try Daemon()
        // dom0 may not shed its own enforcement once the policy is sealed.
        #expect(try daemon.xen("flask-set-bool", "policy_sealed", "1").status == 0)
        #expect(try daemon.xen("flask-setenforce", "0").status != 0)
        #expect(try daemon.xen("flask-getenforce").text == "Enforcing\n")
        let line = "(XEN) avc:  denied  { setenforce } for current=d0 scontext=system_u:system_r:dom0_t "
            + "tcontext=system_u:system_r:security_t tclass=security\n"
        #expect(try daemon.xen("xl", "dmesg").text.contains(line))
        #expect(daemon.console.contains(line))
    }

    @Test func xenStore() throws {
        guard Daemon.isReady() else { return }
        let daemon = try Daemon()
        func tool(_ name: String, _ arguments: String...) throws -> ProcessResult {
            let program = URL(fileURLWithPath: "/usr/bin/xenstore-\(name)")
            return try daemon.run(program, arguments)
        }
        #expect(try tool("write", "/a/b", "value").status == 0)
        #expect(try tool("read", "/a/b").text == "value\n")
        #expect(try tool("list", "/a").text == "b\n")
        #expect(try tool("ls", "/a").text == "b = \"value\"\n")
        #expect(try tool("read", "/local/domain/0/name").text == "Domain-0\n")
        #expect(try tool("rm", "/a").status == 0)
        #expect(try tool("exists", "/a/b").status == 1)
    }

    @Test func theStoreIsKept() throws {
        guard Daemon.isReady() else { return }
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("store").path
        let write = URL(fileURLWithPath: "/usr/bin/xenstore-write")
        let read = URL(fileURLWithPath: "/usr/bin/xenstore-read")
        do {
            let daemon = try Daemon(["--store", file])
            #expect(try daemon.run(write, ["/kept", "for ever"]).status == 0)
            daemon.stop()
        }
        let daemon = try Daemon(["--store", file])
        #expect(try daemon.run(read, ["/kept"]).text == "for ever\n")
    }

    @Test func nobodyElsesProcessesAreLetIn() throws {
        guard Daemon.isReady() else { return }
        let daemon = try Daemon()
        let mode = try FileManager.default.attributesOfItem(atPath: daemon.folder.appendingPathComponent("dom0").path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        // The daemon gave up what it does not need.
        let status = try String(contentsOfFile: "/proc/\(daemon.processIdentifier)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1\n"))
    }
}
