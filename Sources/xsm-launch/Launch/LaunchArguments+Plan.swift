import Commands
import DMRestrict

extension LaunchArguments {
    /// The plan for what is asked for, on this host; under a filter that traces, where there is one.
    func plan(traced filter: SystemCallFilter? = nil) throws(CommandFailure) -> RestrictionPlan {
        var request = request
        request.descriptors = [
            KeptDescriptor(0, "standard input"), KeptDescriptor(1, "standard output"), KeptDescriptor(2, "standard error"),
        ]
        if let filter { (request.filter, request.isTraced) = (filter, true) } else if let profile { request.filter = try Profile(at: profile).filter(.start, refusal) }
        request.isLogged = refusal == .log
        do throws(PlanMistake) {
            return try RestrictionPlan(for: request, on: HostAbilities.ofThisHost(for: request))
        } catch {
            throw CommandFailure(error.text)
        }
    }
}
