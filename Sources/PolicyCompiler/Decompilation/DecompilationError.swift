public import Diagnostics
public import Flask

/// Why a policy cannot be written as a text.
public enum DecompilationError: Error, Hashable, Sendable {
    /// Images of versions 20 to 23 do not name their attributes.
    case namelessAttributes(version: UInt32)
    /// Nobody has given this capability a name.
    case unknownCapability(Int)
    /// A file system's behaviour is not one that can be asked for.
    case unknownFilesystemUse(UInt32, Name)
    /// Ports are of tcp, udp, dccp and sctp.
    case unknownTransport(UInt32)
    /// A file's context is for a class that is none of files.
    case unknownFileClass(Name)
}

extension DecompilationError {
    /// What to tell the user.
    public var diagnostic: Diagnostic {
        let (message, help): (String, String?) =
            switch self {
            case .namelessAttributes(let version):
                ("version \(version) does not name its attributes: no text can be written", "compile the policy in another version")
            case .unknownCapability(let number): ("policy capability \(number) has no known name", nil)
            case .unknownFilesystemUse(let behaviour, let name): ("file system `\(name)` has unknown behaviour \(behaviour)", nil)
            case .unknownTransport(let number): ("the protocol \(number) of a port has no name", nil)
            case .unknownFileClass(let name): ("class `\(name)` of a file's context is not one of files", nil)
            }
        return Diagnostic("not-decompilable", .error, message, at: .unknown, help: help)
    }
}
