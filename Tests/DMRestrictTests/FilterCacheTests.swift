import DMRestrict
import Foundation
import TestSupport
import Testing

/// A filter that is kept is given for the same text, phase, refusal and program, and for nothing else.
@Suite struct FilterCacheTests {
    private let text = Array("[start]\nread # x\n".utf8)
    private let filter = SystemCallFilter(
        profile: "p", program: [FilterInstruction(code: 0x15, ifTrue: 0, ifFalse: 0, operand: 0xfeed_beef), FilterInstruction(code: 6, operand: 7)])

    @Test func whatWasMadeOfSomethingElseIsNotGiven() throws {
        let folder = try TemporaryFolder()
        let maker = folder.url.appendingPathComponent("maker").path
        try Data("one".utf8).write(to: URL(fileURLWithPath: maker))
        let path = folder.url.appendingPathComponent("cache").path
        let cache = FilterCache(folder: path, maker: maker)
        #expect(cache.filter(named: "p", of: text, .start, otherwise: .killProcess) == nil)
        cache.keep(filter, of: text, .start, otherwise: .killProcess)
        #expect(cache.filter(named: "p", of: text, .start, otherwise: .killProcess) == filter)
        #expect(FilterCache(folder: path, maker: maker).filter(named: "p", of: text, .start, otherwise: .killProcess) == filter)

        #expect(cache.filter(named: "q", of: text, .start, otherwise: .killProcess) == nil)
        #expect(cache.filter(named: "p", of: text + [32], .start, otherwise: .killProcess) == nil)
        #expect(cache.filter(named: "p", of: Array(text.dropLast()), .start, otherwise: .killProcess) == nil)
        #expect(cache.filter(named: "p", of: text, .running, otherwise: .killProcess) == nil)
        #expect(cache.filter(named: "p", of: text, .start, otherwise: .log) == nil)
        try Data("two".utf8).write(to: URL(fileURLWithPath: maker))
        #expect(FilterCache(folder: path, maker: maker).filter(named: "p", of: text, .start, otherwise: .killProcess) == nil)
        // Without knowing who asks, nothing is kept or given.
        let nobody = FilterCache(folder: path, maker: path + "/none")
        nobody.keep(filter, of: text, .start, otherwise: .killProcess)
        #expect(nobody.filter(named: "p", of: text, .start, otherwise: .killProcess) == nil)
    }

    @Test func whatOthersCouldHaveWrittenIsNotUsed() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("cache").path
        let cache = FilterCache(folder: path, maker: "/proc/self/exe")
        cache.keep(filter, of: text, .start, otherwise: .killProcess)
        func set(_ place: String, _ mode: Int) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place)
        }
        func given() -> SystemCallFilter? { cache.filter(named: "p", of: text, .start, otherwise: .killProcess) }
        #expect(given() == filter)
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        let file = path + "/" + (try #require(names.first))
        #expect(names.count == 1)
        for place in [path, file] {
            let mode = place == path ? 0o700 : 0o600
            for open in [mode | 0o020, mode | 0o002] {
                try set(place, open)
                #expect(given() == nil, "\(place)")
            }
            try set(place, mode)
            #expect(given() == filter)
        }
        // A part of a file, and one with more behind it.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        for count in [0, 1, bytes.count / 2, bytes.count - 8, bytes.count - 1] {
            try bytes.prefix(count).write(to: URL(fileURLWithPath: file))
            #expect(given() == nil, "\(count)")
        }
        try (bytes + [1]).write(to: URL(fileURLWithPath: file))
        #expect(given() == nil)
    }
}
