/// The permissions that `flask_op` asks for, of class `security` over the security server itself, by their names.
enum SecurityPermission: String, CaseIterable {
    case computeAV = "compute_av"
    case computeCreate = "compute_create"
    case computeMember = "compute_member"
    case computeRelabel = "compute_relabel"
    case checkContext = "check_context"
    case loadPolicy = "load_policy"
    case setEnforce = "setenforce"
    case setBoolean = "setbool"
    case setSecurityParameter = "setsecparam"
    case addObjectContext = "add_ocontext"
    case removeObjectContext = "del_ocontext"
}
