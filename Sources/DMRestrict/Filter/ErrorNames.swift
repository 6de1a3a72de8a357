/// Numbers of errors with which a profile may answer (Linux, `<asm-generic/errno.h>`).
enum ErrorNames {
    static let numbers: [String: UInt16] = [
        "EPERM": 1, "ENOENT": 2, "EBADF": 9, "EAGAIN": 11, "ENOMEM": 12, "EACCES": 13, "ENODEV": 19, "EINVAL": 22, "EMFILE": 24,
        "ENOTTY": 25, "ENOSPC": 28, "ENOSYS": 38, "EAFNOSUPPORT": 97, "EOPNOTSUPP": 95,
    ]
}
