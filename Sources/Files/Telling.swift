/// Writes to a descriptor, as tools do; what cannot be told cannot be helped.
public func tell(_ text: String, _ descriptor: Int32) {
    try? Files.write(Array(text.utf8), to: descriptor)
}
