/// How wide a guest's pointers are, which decides where the arguments of a hypercall lie.
public enum GuestPointerWidth: Hashable, Sendable {
    case bits32, bits64
}
