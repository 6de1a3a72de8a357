import AuditFleet
import Foundation
import TestSupport
import Testing

/// Files of what is secret.
@Suite struct CredentialsTests {
    private func file(_ folder: borrowing TemporaryFolder, _ text: some Sequence<UInt8>, mode: Int = 0o600) throws -> String {
        let path = folder.url.appending(path: "credentials").path
        try Data(text).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test("Users, passwords, headers and authorities are read, with blanks and colons in what they are")
    func format() throws {
        let folder = try TemporaryFolder()
        let path = try file(folder, "# whose\r\n\n user : audit \npassword:\t a: b # \u{e4}\nheader: Authorization: Bearer a:b==\nheader: X-Scope: \nauthority: /etc/ssl/x.pem".utf8)
        let wanted = Credentials(user: "audit", password: "a: b # \u{e4}", headers: [HTTPHeader("Authorization", "Bearer a:b=="), HTTPHeader("X-Scope", "")], authority: "/etc/ssl/x.pem")
        #expect(try Credentials(path: path) == wanted)
        #expect(try Credentials(path: file(folder, [])) == Credentials())
    }

    @Test("A file that others can read or write is refused, with what to do", arguments: [0o604, 0o602, 0o666, 0o620, 0o777])
    func others(mode: Int) throws {
        let folder = try TemporaryFolder()
        let path = try file(folder, "user: audit\n".utf8, mode: mode)
        #expect { try Credentials(path: path) } throws: { "\($0)".contains("chmod 600") && "\($0)".contains(path) }
    }

    @Test("What is no file, is missing or too long is refused")
    func noFile() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CredentialsFailure.self) { try Credentials(path: folder.url.path) }
        #expect(throws: CredentialsFailure.self) { try Credentials(path: folder.url.path + "/none") }
        #expect(throws: CredentialsFailure.self) { try Credentials(path: "/dev/null") }
        let long = try file(folder, [UInt8](repeating: UInt8(ascii: "#"), count: Credentials.sizeLimit + 1))
        #expect { try Credentials(path: long) } throws: { "\($0)".contains("longer") }
    }

    @Test(
        "A line that is wrong is told by its number, and nothing of it",
        arguments: [
            "secret", "secret: x", "user:", "password: secret", "user: a\nuser: secret", "user: a\npassword: secret\npassword: secret", "header: secret", "header: se cret: x", "user: sec:ret",
            "header: X: a\u{1}secret", "user: secret\0", "authority: a\nauthority: secret",
        ])
    func mistakes(text: String) throws {
        #expect { try Credentials(text: Array(text.utf8), path: "file") } throws: { error in
            "\(error)".hasPrefix("`file`: ") && !"\(error)".contains("secret") && !"\(error)".contains("cret")
        }
        #expect(throws: CredentialsFailure.self) { try Credentials(text: [0xFF, 0x3A, 0x41], path: "file") }
    }
}
