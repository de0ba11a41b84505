# What a till prints below the sum.
pos-change = { $side ->
    [pending] { $points } { $point_type }, available later
   *[other] { $points } { $point_type }
}
pos-nothing = No points this time
pos-balance = You have { $points } { $point_type }
pos-tier = You are now { $tier }
