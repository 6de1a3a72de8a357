import Foundation
import TestSupport
import Testing

/// A picture as a PNG file has it, of 8 bits a colour, with or without transparency. Python's zlib unpacks it.
struct Picture {
    let width: Int
    let height: Int
    private let samples: [UInt8]
    private let channels: Int

    init(png: [UInt8]) throws {
        func number(_ place: Int) -> Int { png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect(png.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        var (place, packed) = (8, [UInt8]())
        let (width, height) = (number(16), number(20))
        try #require(png[24] == 8 && (png[25] == 2 || png[25] == 6), "8 bits, in colour")
        let channels = png[25] == 2 ? 3 : 4
        while place + 8 <= png.count {
            let length = number(place)
            if png[place + 4..<place + 8].elementsEqual("IDAT".utf8) { packed += png[place + 8..<place + 8 + length] }
            place += 12 + length
        }
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("packed")
        try Data(packed).write(to: file)
        let raw = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/python3"), ["-c", "import sys,zlib; sys.stdout.buffer.write(zlib.decompress(open(sys.argv[1],'rb').read()))", file.path],
            collecting: .standard
        ).output
        let stride = width * channels
        try #require(raw.count == (stride + 1) * height)
        // Each line is told as differences to its neighbours, in one of five ways (PNG, section 9).
        var lines: [UInt8] = []
        lines.reserveCapacity(stride * height)
        for row in 0..<height {
            let filter = raw[row * (stride + 1)]
            for column in 0..<stride {
                let value = raw[row * (stride + 1) + 1 + column]
                let left = column >= channels ? Int(lines[row * stride + column - channels]) : 0
                let above = row > 0 ? Int(lines[(row - 1) * stride + column]) : 0
                let corner = row > 0 && column >= channels ? Int(lines[(row - 1) * stride + column - channels]) : 0
                let guess =
                    switch filter {
                    case 1: left
                    case 2: above
                    case 3: (left + above) / 2
                    case 4: Self.nearest(left, above, corner)
                    default: 0
                    }
                lines.append(value &+ UInt8(truncatingIfNeeded: guess))
            }
        }
        (self.width, self.height, samples, self.channels) = (width, height, lines, channels)
    }

    private static func nearest(_ left: Int, _ above: Int, _ corner: Int) -> Int {
        let guess = left + above - corner
        let (a, b, c) = (abs(guess - left), abs(guess - above), abs(guess - corner))
        return a <= b && a <= c ? left : b <= c ? above : corner
    }

    /// How many points have a colour.
    func count(red: UInt8, green: UInt8, blue: UInt8) -> Int {
        stride(from: 0, to: samples.count, by: channels).count { samples[$0] == red && samples[$0 + 1] == green && samples[$0 + 2] == blue }
    }
}
