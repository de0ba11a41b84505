# Adjustments by hand, and the second person.
adjustments-lead = Points that somebody adds or takes by hand. Above the program's limit they wait for a second person.
adjustments-all = All
adjustments-pending = To decide
adjustments-none = Nobody has adjusted points by hand yet.
adjustments-none-wait = There is nothing to decide.
adjustments-entry = Show the entries
adjustments-own = You asked for it: somebody else decides.
adjustments-approve = Approve
adjustments-reject = Reject
adjustments-state = { $state ->
    [pending] waits
    [posted] done
    [rejected] rejected
   *[other] { $state }
}
adjustments-reason = { $reason ->
    [goodwill] Goodwill
    [correction] Correction
    [missing_points] Missing points
   *[other] { $reason }
}
