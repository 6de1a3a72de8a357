import Foundation
import Testing

/// What SARIF 2.1.0 demands of the parts that the renderer writes. The names of sections are those of the standard.
struct SARIFCheck {
    typealias Object = [String: Any]

    let results: [Object]
    let rules: [Object]

    init(_ bytes: [UInt8]) throws {
        let log = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? Object)
        try Self.keys(log, required: ["version", "runs"], optional: ["$schema"])
        #expect(log["version"] as? String == "2.1.0")
        let run = try #require((log["runs"] as? [Object])?.first)
        try Self.keys(run, required: ["tool", "results", "columnKind", "properties"])
        try Self.keys(try #require(run["properties"] as? Object), required: ["complete"], optional: ["result"])
        #expect(run["columnKind"] as? String == "unicodeCodePoints")
        let driver = try #require((run["tool"] as? Object)?["driver"] as? Object)
        try Self.keys(driver, required: ["name", "version", "rules"], optional: ["informationUri"])
        rules = try #require(driver["rules"] as? [Object])
        results = try #require(run["results"] as? [Object])
        try rules.forEach(check(rule:))
        try results.forEach(check(result:))
    }

    private static func keys(_ object: Object, required: Set<String>, optional: Set<String> = []) throws {
        let keys = Set(object.keys)
        try #require(required.isSubset(of: keys) && keys.isSubset(of: required.union(optional)), "\(keys)")
    }

    private func check(rule: Object) throws {
        try Self.keys(rule, required: ["id"], optional: ["shortDescription", "helpUri"])
        if let description = rule["shortDescription"] { try check(message: description) }
    }

    private func check(result: Object) throws {
        try Self.keys(
            result, required: ["ruleId", "ruleIndex", "level", "message", "locations"],
            optional: ["relatedLocations", "stacks", "fixes"])
        let index = try #require(result["ruleIndex"] as? Int)
        try #require(rules.indices.contains(index))
        #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
        #expect(["error", "warning", "note"].contains(result["level"] as? String))
        try check(message: result["message"])
        for location in try #require(result["locations"] as? [Object]) { try check(location: location) }
        var ids: Set<Int> = []
        for location in result["relatedLocations"] as? [Object] ?? [] {
            try check(location: location)
            #expect(ids.insert(try #require(location["id"] as? Int)).inserted)
        }
        for stack in result["stacks"] as? [Object] ?? [] {
            try Self.keys(stack, required: ["frames", "message"])
            for frame in try #require(stack["frames"] as? [Object]) {
                try Self.keys(frame, required: ["location"])
                try check(location: try #require(frame["location"] as? Object))
            }
        }
        for fix in result["fixes"] as? [Object] ?? [] { try check(fix: fix) }
    }

    private func check(message: Any?) throws {
        let text = try #require((message as? Object)?["text"] as? String)
        #expect(!text.isEmpty)
        // No placeholder is left once doubled braces are taken away (3.11.5).
        let rest = text.replacingOccurrences(of: "{{", with: "").replacingOccurrences(of: "}}", with: "")
        #expect(!rest.contains("{") && !rest.contains("}"))
    }

    private func check(location: Object) throws {
        try Self.keys(location, required: [], optional: ["id", "physicalLocation", "message"])
        if let message = location["message"] { try check(message: message) }
        guard let physical = location["physicalLocation"] as? Object else { return }
        try Self.keys(physical, required: ["artifactLocation", "region"])
        try check(artifact: physical["artifactLocation"])
        let region = try #require(physical["region"] as? [String: Int])
        try Self.keys(region, required: ["startLine", "startColumn", "endColumn"])
        let start = try #require(region["startColumn"])
        #expect(try #require(region["startLine"]) >= 1 && start >= 1)
        #expect(try #require(region["endColumn"]) >= start)
    }

    private func check(artifact: Any?) throws {
        let uri = try #require((artifact as? Object)?["uri"] as? String)
        let isAllowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            default: "0123456789-._~/%:".utf8.contains(byte)
            }
        }
        #expect(uri.utf8.allSatisfy(isAllowed))
        #expect(uri.hasPrefix("file:///") || !uri.contains(":") && !uri.hasPrefix("/"))
    }

    private func check(fix: Object) throws {
        try Self.keys(fix, required: ["artifactChanges", "description"])
        try check(message: fix["description"])
        for change in try #require(fix["artifactChanges"] as? [Object]) {
            try Self.keys(change, required: ["artifactLocation", "replacements"])
            try check(artifact: change["artifactLocation"])
            for replacement in try #require(change["replacements"] as? [Object]) {
                try Self.keys(replacement, required: ["deletedRegion", "insertedContent"])
                let region = try #require(replacement["deletedRegion"] as? [String: Int])
                try Self.keys(region, required: ["startLine", "startColumn", "endLine", "endColumn"])
                let start = try [#require(region["startLine"]), #require(region["startColumn"])]
                let end = try [#require(region["endLine"]), #require(region["endColumn"])]
                #expect(start.allSatisfy { $0 >= 1 } && !end.lexicographicallyPrecedes(start))
            }
        }
    }
}
