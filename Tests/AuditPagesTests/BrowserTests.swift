import Foundation
import TestSupport
import Testing

/// Pages in Chromium, without a window.
@Suite("A browser shows the pages as they are meant, and nothing in them runs", .serialized)
struct BrowserTests {
    private static func browse(_ address: String, _ arguments: [String], in folder: URL) throws -> ProcessResult {
        let chromium = try #require(
            BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/chromium")), "Chromium is not installed: run scripts/setup test")
        return try ProcessResult.run(
            chromium,
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--enable-logging=stderr",
                "--user-data-dir=\(folder.path)/profile", "--window-size=1200,1400", "--timeout=20000"] + arguments + [address], in: folder)
    }

    /// What pages and the browser's policy against scripts say on its console.
    private static func complaints(_ result: ProcessResult) -> [Substring] { result.text.split(separator: "\n").filter { $0.contains(":CONSOLE") } }

    @Test("Hostile names are text in what the browser makes of a page: no element of theirs, no script, no complaint")
    func hostile() throws {
        let folder = try TemporaryFolder()
        let served = try ServedPages(PageLines.hostile.enumerated().map { PageLines.line("h", $0, $1, "domU_t", "mmu", "map_read") }, in: folder)
        let result = try Self.browse(served.address, ["--dump-dom"], in: folder.url)
        #expect(result.text.contains("<title>Overview · xsm-audit</title>"), "\(result.text)")
        #expect(!result.text.contains("<script>") && !result.text.contains("<img"))
        #expect(result.text.contains("&lt;script&gt;document.title="))
        #expect(Self.complaints(result).isEmpty, "\(Self.complaints(result))")
    }

    @Test("The style sheet is let in, and a picture of the page has its colours: bars, lines and table")
    func picture() throws {
        let folder = try TemporaryFolder()
        let lines = (0..<200).map { PageLines.line("alpha", $0 * 7, "domU\($0 % 5)_t", "dom\($0 % 3)_t", "grant", "map_read") }
        let served = try ServedPages(lines, in: folder)
        let result = try Self.browse(served.address, ["--screenshot=\(folder.url.path)/page.png"], in: folder.url)
        #expect(Self.complaints(result).isEmpty, "\(Self.complaints(result))")
        let picture = try Picture(png: Array(Data(contentsOf: folder.url.appendingPathComponent("page.png"))))
        #expect(picture.width == 1_200 && picture.height == 1_400)
        // The bars of the plot, and the head's ground: colours that only the style sheet gives.
        #expect(picture.count(red: 0xb3, green: 0x40, blue: 0x2e) > 5_000, "bars")
        #expect(picture.count(red: 0xf4, green: 0xf5, blue: 0xf8) > 20_000, "head")
        #expect(picture.count(red: 0xff, green: 0xff, blue: 0xff) > 600_000, "paper")
    }
}
