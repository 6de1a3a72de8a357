import Foundation
import TestSupport
import Testing

/// The tables of Xen's releases as they were taken from its source, read here for themselves.
struct XenTables {
    struct Release {
        let name: String
        let initialSIDs: [String]
        let classes: [(name: String, permissions: [String])]

        /// Releases since 4.6 load version 30, and all version 24.
        var versions: Set<UInt32> { Double(name.dropFirst(2)).map { $0 >= 6 } ?? true ? [24, 30] : [24] }
        var newestVersion: Int { versions.contains(30) ? 30 : 24 }
    }

    let releases: [Release]

    static func read() throws -> XenTables {
        let url = BuiltPackage.repository.appendingPathComponent("Sources/Flask/Vocabulary/xen-flask-tables.json")
        let object = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
        let releases = try #require(object["releases"] as? [[String: Any]])
        return XenTables(
            releases: try releases.map { entry in
                let name = try #require(entry["release"] as? String)
                let classes = try #require(entry["classes"] as? [[String: Any]])
                return Release(
                    name: name.hasPrefix("master") ? "master" : name, initialSIDs: try #require(entry["initial_sids"] as? [String]),
                    classes: try classes.map { (try #require($0["name"] as? String), try #require($0["permissions"] as? [String])) })
            })
    }

    func release(_ name: String) throws -> Release { try #require(releases.first { $0.name == name }) }
}

extension XenTables.Release {
    /// The words with which this Xen refuses classes, written after `validate_classes`; nil when it takes them. Numbers are those of the
    /// image, counted from 1.
    func refusal(_ classes: [(name: String, permissions: [(name: String, number: Int)], count: Int)]) -> String? {
        for (index, wanted) in self.classes.enumerated() {
            guard index < classes.count else { return "Flask:  class \(wanted.name) not defined in policy" }
            if classes[index].name != wanted.name {
                return "Flask:  class \(index + 1) is incorrect, found \(classes[index].name) but should be \(wanted.name)"
            }
        }
        for (wanted, found) in zip(self.classes, classes) {
            for (bit, permission) in wanted.permissions.enumerated() {
                let text = "Flask:  permission \(permission) in class \(wanted.name)"
                if bit >= found.count { return text + " not defined in policy" }
                guard let entry = found.permissions.first(where: { $0.name == permission }) else { return text + " not found in policy" }
                if entry.number != bit + 1 { return text + " has incorrect value" }
            }
        }
        return nil
    }
}
