/// Page frames of a range of bytes. A frame is a page of 4 KiB, counted from 0; it is what a policy labels.
public struct PageFrames: Hashable, Sendable {
    /// Both ends included.
    public let frames: ClosedRange<UInt64>
    /// The bytes that were asked for, of which some may lie in no whole page.
    public let bytes: ClosedRange<UInt64>

    static let shift: UInt64 = 12
    /// The highest frame of 64 bits of bytes.
    public static let highest: UInt64 = .max >> shift

    /// The frames in which bytes lie.
    public init(bytes: ClosedRange<UInt64>) {
        self.bytes = bytes
        frames = bytes.lowerBound >> Self.shift...bytes.upperBound >> Self.shift
    }

    /// Whole frames; nil when there are no such.
    public init?(frames: ClosedRange<UInt64>) {
        guard frames.upperBound <= Self.highest else { return nil }
        self.frames = frames
        bytes = Self.bytes(of: frames)
    }

    private static func bytes(of frames: ClosedRange<UInt64>) -> ClosedRange<UInt64> {
        frames.lowerBound << shift...(frames.upperBound << shift | 0xfff)
    }

    /// All bytes of the frames.
    public var allBytes: ClosedRange<UInt64> { Self.bytes(of: frames) }

    /// What lies in the first frame and was not asked for.
    public var before: ClosedRange<UInt64>? {
        bytes.lowerBound > allBytes.lowerBound ? allBytes.lowerBound...bytes.lowerBound - 1 : nil
    }

    /// What lies in the last frame and was not asked for.
    public var behind: ClosedRange<UInt64>? {
        bytes.upperBound < allBytes.upperBound ? bytes.upperBound + 1...allBytes.upperBound : nil
    }
}
