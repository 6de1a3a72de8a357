// SAFETY: every access is within the buffers: a number is compared with the count of `places` before it is used, a place with
// the count of what is written to, and the buffers do not outlive the closures that are handed them.

/// Where elements go when they are put in the order of a number: they are counted, and then placed one after the other,
/// those of one number in the order in which they come.
///
/// Buffers are written to, not arrays: those ask for each element whether they are shared, which takes longer than
/// placing it.
struct CountingPlaces {
    private var places: [UInt32]

    /// For numbers up to `maximum`.
    init(upTo maximum: Int) {
        places = [UInt32](repeating: 0, count: maximum + 2)
    }

    @inline(__always)
    mutating func count<Element>(_ elements: some Collection<Element>, by number: (Element) -> Int) {
        unsafe places.withUnsafeMutableBufferPointer { places in
            for element in elements {
                let number = number(element)
                precondition(number >= 0 && number < places.count - 1)
                unsafe places[number + 1] &+= 1
            }
        }
    }

    /// Says that all have been counted.
    mutating func begin() {
        for index in 1..<places.count { places[index] += places[index - 1] }
    }

    /// Puts elements that have been counted into a list that has room for all.
    @inline(__always)
    mutating func place<Element>(
        _ elements: some Collection<Element>, into list: inout [Element], by number: (Element) -> Int
    ) {
        unsafe places.withUnsafeMutableBufferPointer { places in
            unsafe list.withUnsafeMutableBufferPointer { list in
                for element in elements {
                    let number = number(element)
                    precondition(number >= 0 && number < places.count)
                    let place = unsafe Int(places[number])
                    precondition(place < list.count)
                    unsafe places[number] = UInt32(truncatingIfNeeded: place &+ 1)
                    unsafe list[place] = element
                }
            }
        }
    }
}

extension Array {
    /// Puts elements, of which there are as many as here, in the order of a number that is at most `maximum`; those of one
    /// number stay in order.
    @inline(__always)
    mutating func place(_ elements: some Collection<Element>, upTo maximum: Int, by number: (Element) -> Int) {
        var places = CountingPlaces(upTo: maximum)
        places.count(elements, by: number)
        places.begin()
        places.place(elements, into: &self, by: number)
    }
}
