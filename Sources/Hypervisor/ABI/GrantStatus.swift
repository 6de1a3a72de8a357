/// How an operation on a grant ended that did not end well (Xen, xen/include/public/grant_table.h: `GNTST_*`).
enum GrantStatus: Int16, Error, Hashable, Sendable, CaseIterable {
    case generalError = -1
    case badDomain = -2
    case badReference = -3
    case badHandle = -4
    case badVirtualAddress = -5
    case badDeviceAddress = -6
    case noDeviceSpace = -7
    case permissionDenied = -8
    case badPage = -9
    case badCopyArgument = -10
    case addressTooBig = -11
    case tryAgain = -12
    case noSpace = -13
}
