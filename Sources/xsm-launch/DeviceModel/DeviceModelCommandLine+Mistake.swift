import DMRestrict

extension DeviceModelCommandLine.Mistake {
    /// What is wrong, and what to do about it.
    var text: String {
        switch self {
        case .noDomain: "it does not say which domain it serves: give it `-xen-domid` and a number from 0 to 65535"
        case .noValue(let option): "`\(option)` is its last word: give it its value"
        case .tooManyDescriptors: "it has more images, sockets and outputs than it can be passed, which is 48, of which a disk that is written is two: take some away"
        case .takenDescriptor(let number):
            "it is passed descriptor \(number), where there is another, or none can be: pass it by a number from 3 to 63 that nothing else has"
        case .badImage(let option, let image): "`\(option) \(image)` is no path that begins with `/`: name the image by one, or describe it by `-drive`"
        case .badUser(let user): "`-runas \(user)` is not two numbers, neither of them 0: write the user as `UID:GID`"
        case .badDisplay(let display):
            "`-vnc \(display)` is no address to listen at, or the second one: write it as `127.0.0.1:0`, `[::1]:0` or `unix:/PATH`"
        }
    }
}
