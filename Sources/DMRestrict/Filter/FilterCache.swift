import Files

/// Filters that were made before: what a profile says is read, made a filter and tried at its borders once, not at each launch.
///
/// A file holds the profile's whole text, by which it is found to be the same, and who made it, so that another version of this program
/// makes its own. The folder is root's, and what others could have written there is not used.
public struct FilterCache: Hashable, Sendable {
    public let folder: String
    /// Who makes filters: what tells this program from others, and from other versions of it.
    private let maker: [UInt8]

    /// Beside the records of what runs.
    public static let ofThisHost = FilterCache(folder: LaunchRegister.ofThisHost.folder, maker: "/proc/self/exe")

    /// `maker` is the program's file.
    public init(folder: String, maker: String) {
        self.folder = folder
        self.maker = FileIdentity(of: maker)?.bytes ?? []
    }

    private func path(_ name: String, _ phase: SystemCallProfile.Phase, _ otherwise: FilterAction) -> String {
        folder + "/\(name).\(phase.rawValue).\(String(otherwise.rawValue, radix: 16)).filter"
    }

    /// The filter that was made of a profile's text; nil when there is none.
    public func filter(
        named name: String, of text: [UInt8], _ phase: SystemCallProfile.Phase, otherwise: FilterAction
    ) -> SystemCallFilter? {
        let path = path(name, phase, otherwise)
        let head = head(text)
        guard !maker.isEmpty, FileIdentity(of: folder)?.isOthersToWrite == false, FileIdentity(of: path)?.isOthersToWrite == false,
            let bytes = try? Files.contents(of: path), bytes.starts(with: head)
        else { return nil }
        let rest = bytes.dropFirst(head.count)
        guard rest.count % 8 == 0, (1...4_096).contains(rest.count / 8) else { return nil }
        let program = stride(from: rest.startIndex, to: rest.endIndex, by: 8).map { FilterInstruction(bytes: rest[$0..<$0 + 8]) }
        // What was cut off would not end with an answer.
        guard (try? FilterEvaluation(program)) != nil else { return nil }
        return SystemCallFilter(profile: name, program: program, refusal: otherwise)
    }

    /// Keeps a filter. That it cannot be kept changes nothing but how long the next launch takes.
    public func keep(_ filter: SystemCallFilter, of text: [UInt8], _ phase: SystemCallProfile.Phase, otherwise: FilterAction) {
        guard !maker.isEmpty, !filter.profile.contains("/") else { return }
        try? Files.makeDirectory(folder)
        try? Files.write(head(text) + filter.program.flatMap(\.bytes), to: path(filter.profile, phase, otherwise))
    }

    /// What stands before the instructions: their maker, how long the text is, and the text.
    private func head(_ text: [UInt8]) -> [UInt8] {
        maker + UInt64(text.count).littleEndianBytes + text
    }
}
