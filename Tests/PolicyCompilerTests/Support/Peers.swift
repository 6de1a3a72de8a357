import Foundation
import TestSupport
import Testing

/// Programs that tests run: peers that ours must agree with, and our own as users get them.
enum Peers {
    /// GNU m4, with which the macro processor must agree byte for byte.
    static let m4 = installed("m4")
    /// checkpolicy of Debian 12, whose images the layout of 3.5 is.
    static let checkpolicy = installed("checkpolicy")
    /// secilc of Debian 12: it must take the CIL that ours writes.
    static let secilc = installed("secilc")
    /// checkpolicy of the next Debian, which `scripts/fetch-next-checkpolicy` unpacks: the layout of 3.6.
    static let nextCheckpolicy = BuiltPackage.executable(repository.appendingPathComponent(".build/peers/checkpolicy"))
    static let xsmCompile = BuiltPackage.compiler

    static let repository = BuiltPackage.repository

    private static func installed(_ name: String) -> URL? {
        ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"]
            .lazy.compactMap { BuiltPackage.executable(URL(fileURLWithPath: $0).appendingPathComponent(name)) }.first
    }

    /// The program, or nil and a warning that what the test is about was not tested. Where everything must be tested,
    /// its absence fails the test.
    static func required(_ program: URL?, _ name: String) -> URL? {
        if let program { return program }
        Peer.missing("\(name): nothing was compared with it")
        return nil
    }
}
