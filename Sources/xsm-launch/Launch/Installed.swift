import Commands
import Files

/// What is installed with this program, or lies beside it in a build.
enum Installed {
    /// Folders by their whole names; others are as seen from the one of this program.
    static func folders(_ names: [String]) -> [String] {
        let parts = Files.resolved("/proc/self/exe")?.split(separator: "/").dropLast() ?? []
        return names.map { $0.hasPrefix("/") ? $0 : "/" + parts.joined(separator: "/") + "/" + $0 }
    }

    /// The first of the folders, as seen from the one of this program, that has a file.
    static func path(of file: String, in folders: [String]) throws(CommandFailure) -> String {
        let places = self.folders(folders).map { $0 + "/" + file }
        for place in places {
            if let found = Files.resolved(place) { return found }
        }
        throw CommandFailure("`\(file)` is not installed: it is looked for at \(places.joined(separator: ", "))")
    }
}
