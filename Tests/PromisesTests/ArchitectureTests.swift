import Foundation
import TestSupport
import Testing

/// The picture of the house is of this house.
@Suite struct ArchitectureTests {
    /// Folders by the table of rooms: `Sources/Flask`, and `Sources/Flask/Image` for a row that belongs to it.
    private static func rooms() throws -> Set<String> {
        let text = try String(contentsOf: BuiltPackage.repository.appendingPathComponent("ARCHITECTURE.md"), encoding: .utf8)
        var rooms: Set<String> = []
        var house = ""
        for line in text.split(separator: "\n") {
            guard let cell = line.firstMatch(of: /^\| (`.+?`) \|/)?.1 else { continue }
            for name in cell.split(separator: ",").map({ $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }) {
                if name.hasPrefix("· ") || !name.contains("/"), house.hasPrefix("Sources/"), !FileManager.default.fileExists(atPath: BuiltPackage.repository.path + "/" + name) {
                    rooms.insert(house + "/" + (name.hasPrefix("· ") ? String(name.dropFirst(2)) : name))
                } else {
                    house = name
                    rooms.insert(name)
                }
            }
        }
        return rooms
    }

    private static func folders(_ path: String) throws -> [String] {
        let url = BuiltPackage.repository.appendingPathComponent(path)
        return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: [.isDirectoryKey])
            .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }.map { path + "/" + $0.lastPathComponent }
    }

    @Test("every room that is named is there")
    func roomsAreThere() throws {
        let rooms = try Self.rooms()
        #expect(rooms.count > 80)
        for room in rooms {
            #expect(FileManager.default.fileExists(atPath: BuiltPackage.repository.appendingPathComponent(room).path), "there is no \(room)")
        }
    }

    @Test("every room that is there is named; of a library whose rooms are told, all of them")
    func roomsAreNamed() throws {
        let rooms = try Self.rooms()
        for house in try Self.folders("Sources") {
            #expect(rooms.contains(house), "ARCHITECTURE.md does not have \(house)")
            guard rooms.contains(where: { $0.hasPrefix(house + "/") }) else { continue }
            for room in try Self.folders(house) where !room.hasSuffix("/include") {
                #expect(rooms.contains(room), "ARCHITECTURE.md does not have \(room)")
            }
        }
    }
}
