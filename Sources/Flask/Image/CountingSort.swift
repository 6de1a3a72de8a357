extension Array {
    /// Puts elements, of which there are as many as here, in the order of a number that is at most `maximum`; those of one
    /// number stay in order.
    @inline(__always)
    mutating func place(_ elements: some Collection<Element>, upTo maximum: Int, by number: (Element) -> Int) {
        var places = [Int](repeating: 0, count: maximum + 2)
        for element in elements { places[number(element) + 1] += 1 }
        for index in 0...maximum { places[index + 1] += places[index] }
        for element in elements {
            let number = number(element)
            self[places[number]] = element
            places[number] += 1
        }
    }
}
