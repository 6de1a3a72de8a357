@testable import DMRestrict

/// A domain's configuration from any bytes: it is read, or the mistake lies in the text and has words that can be printed.
func exercise(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(\.count)
    func isInText(_ position: ConfigurationPosition) -> Bool {
        // The end of the text is a place as well.
        (1...lines.count).contains(position.line) && (1...lines[position.line - 1] + 1).contains(position.column)
    }
    do throws(ConfigurationMistake) {
        let domain = try DomainConfiguration(parsing: bytes)
        claim("an ignored key lies in the text", domain.ignored.allSatisfy { isInText($0.position) && !$0.name.isEmpty })
        claim("a name is a file's", !domain.name.utf8.contains(UInt8(ascii: "/")) && domain.name.utf8.count <= 255)
        claim("memory is in order", domain.memory ?? 1 >= 1 && domain.maximumMemory ?? .max >= domain.memory ?? 0)
        for disk in domain.disks { claim("a disk has a name", !disk.virtualDevice.isEmpty) }
    } catch {
        claim("a mistake lies in the text: \(error.position)", isInText(error.position))
        let text = error.text.unicodeScalars
        claim("a mistake has words, and no control characters", !text.isEmpty && !text.contains { $0.value < 32 || $0.value == 127 })
    }
}
