// SAFETY: every access is within the buffers: a number is compared with the count of `places` before it is used, a place with
// the count of what is written to, and the buffers do not outlive the closures that are handed them. As many places are written
// to as there are elements, no place twice because each has its number counted; if `number` would answer differently the second
// time, elements that are bitwise copyable would have arbitrary values.

/// Elements in the order of a number: they are counted, and then placed one after the other, those of one number in the order
/// in which they come.
///
/// Buffers are written to, not arrays: those ask for each element whether they are shared, which takes longer than
/// placing it.
struct CountingSort<Element: BitwiseCopyable> {
    let elements: [Element]
    /// For each number where the elements of it begin, and one more at the end.
    private(set) var starts: [UInt32]

    /// Sorts the elements of some lists by a number that is at most `maximum`.
    @inline(__always)
    init<List: Collection<Element>>(_ lists: [List], upTo maximum: Int, by number: (Element) -> Int) {
        starts = [UInt32](repeating: 0, count: maximum + 2)
        let total = lists.reduce(0) { $0 + $1.count }
        unsafe starts.withUnsafeMutableBufferPointer { counts in
            for list in lists {
                for element in list {
                    let number = number(element)
                    precondition(number >= 0 && number < counts.count - 1)
                    unsafe counts[number + 1] &+= 1
                }
            }
        }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var places = starts
        elements = unsafe [Element](unsafeUninitializedCapacity: total) { result, count in
            unsafe places.withUnsafeMutableBufferPointer { places in
                for list in lists {
                    for element in list {
                        let number = number(element)
                        precondition(number >= 0 && number < places.count)
                        let place = unsafe Int(places[number])
                        precondition(place < total)
                        unsafe places[number] = UInt32(truncatingIfNeeded: place &+ 1)
                        unsafe result.initializeElement(at: place, to: element)
                    }
                }
            }
            count = total
        }
    }
}
