public import Files
import JSON

/// The records of what runs restricted on this host: a file for each, in a folder that is root's.
public struct LaunchRegister: Hashable, Sendable {
    public let folder: String

    /// Where every launcher of the host keeps them.
    public static let ofThisHost = LaunchRegister(folder: "/run/xsm-launch")

    public init(folder: String) {
        self.folder = folder
    }

    private func path(_ process: Int32) -> String { folder + "/\(process).json" }

    /// When a process began; nil when there is none.
    public static func start(of process: Int32) -> UInt64? {
        guard let bytes = try? Files.contents(of: "/proc/\(process)/stat") else { return nil }
        return LaunchRecord.start(inStatus: String(decoding: bytes, as: UTF8.self))
    }

    /// Keeps a record, readable for root alone. Throws `FileError`.
    public func keep(_ record: LaunchRecord) throws(FileError) {
        try Files.makeDirectory(folder)
        try Files.write(record.json.bytes(), to: path(record.process))
    }

    public func forget(_ process: Int32) { Files.remove(path(process)) }

    /// That of a process, where it runs. What else lies in its place is forgotten where it is a record, and let lie where it is none.
    public func record(ofProcess process: Int32) -> LaunchRecord? {
        guard let bytes = try? Files.contents(of: path(process)), let value = try? JSONValue(parsing: bytes),
            let record = try? LaunchRecord(json: value), record.process == process
        else { return nil }
        guard Self.start(of: process) == record.start else {
            forget(process)
            return nil
        }
        return record
    }

    /// All whose processes run, by their numbers.
    public func records() -> [LaunchRecord] {
        let names = (Files.entries(of: folder) ?? []).filter { $0.hasSuffix(".json") }
        return Set(names.compactMap { Int32($0.dropLast(5)) }).sorted().compactMap { record(ofProcess: $0) }
    }

    /// Those that a word means: a process's number, or the name of what runs.
    public func records(of word: String) -> [LaunchRecord] {
        records().filter { $0.plan.name == word || "\($0.process)" == word }
    }
}
