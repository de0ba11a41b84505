# Why a movement had the effect it had.
ledger-points = { $n ->
    [one] { $points } point
   *[other] { $points } points
}
ledger-points-named = { $points } { $name }
ledger-headline = { $total }: { $parts }.
ledger-headline-plain = { $total }.
ledger-and = { $first } and { $second }
ledger-now-held = { $points } held
ledger-now-available = { $points } available again

# What each movement is.
ledger-kind = { $kind ->
    [purchase] Purchase
    [return] Return
    [event] Event
    [reserve] Redemption reserved
    [capture] Redemption captured
    [cancel] Redemption cancelled
    [adjustment] Adjustment
    [transfer_out] Points sent
    [transfer_in] Points received
    [elapse] Time passing
    [reversal] Reversal
    [reinstatement] Points reinstated
    [opening] Opening balance
    [tier_grant] Tier granted
    [qualification] Qualifying credit
   *[other] { $kind }
}
ledger-event = { $kind } { $reference }, { $at }
ledger-version = Program “{ $program }”, version { $version }
ledger-balance = Balance afterward: { $available } available, { $pending } pending, { $held } held

# What rules give.
ledger-for-amount = { $points } for { $amount } ({ $each } per { $per }, rule “{ $rule }”)
ledger-for-units = { $points } for { $n ->
    [one] { $units } unit
   *[other] { $units } units
} (rule “{ $rule }”)
ledger-fixed = { $points } by the rule “{ $rule }”
ledger-multiplied = { $points } more because the rule “{ $rule }” multiplies the { $of } by { $factor }
ledger-multiplied-tier = { $points } more because the tier in “{ $rule }” multiplies the { $of } by { $factor }
ledger-capped = the rule “{ $rule }” gives at most { $limit } { $scope }: { $cut } are left out
ledger-scope = { $scope ->
    [member_day] per member and day
    [member_week] per member and week
    [member_month] per member and month
    [member_quarter] per member and quarter
    [member_year] per member and year
    [member_ever] per member
    [budget] in total
   *[other] ({ $scope })
}

# Why something gives nothing.
ledger-zero = The rule “{ $rule }” gives nothing: { $why }.
ledger-nothing = No points: { $why }.
ledger-why-no-rule = the program has no rule for this
ledger-why-below-step = { $amount } is less than { $per }
ledger-why-below-unit = { $quantity } is less than a whole unit
ledger-why-no-amount = nothing was paid
ledger-why-no-line = no line is of the rule's products
ledger-why-condition = the condition { $when } does not hold
ledger-why-only-when = it counts only when { $when }
ledger-why-condition-failed = the condition { $when } could not be computed ({ $error })
ledger-why-not-in-force = the rule was not in force then
ledger-why-superseded = the rule “{ $by }” already gives more
ledger-why-cap-reached = the cap of { $limit } { $scope } is used up
ledger-why-not-nth = it is number { $seen }, and number { $wanted } counts
ledger-why-foreign-currency = the amount is in { $currency }, and the program counts in { $program }
ledger-why-nothing-to-multiply = there are no points to multiply

# What happens to points.
ledger-pending = { $points } can be used from { $at }
ledger-expires = { $points } valid until { $until }
ledger-expires-never = { $points } without expiry
ledger-debt-repaid = { $points } repay the debt
ledger-share-due = The returned part accounts for { $points }
ledger-share-taken = { $points } are taken back from that purchase
ledger-share-expired = { $points } had already expired and are not taken twice
ledger-share-others = { $points } had already been spent and are taken from others
ledger-share-debt = { $points } are owed
ledger-share-forgiven = { $points } are let go by the program's policy
ledger-moved = { $how ->
    [redeemed] Redeemed: { $points }
    [expired] Expired: { $points }
    [released] Released: { $points }
    [lapsed] Back because the reservation lapsed: { $points }
    [held] Held: { $points }
    [restored] Restored: { $points }
    [transferred] Transferred: { $points }
    [adjusted] Adjusted: { $points }
   *[other] { $how }: { $points }
} ({ $validity })
ledger-valid-until = valid until { $until }
ledger-valid-always = without expiry
ledger-extended = Good for longer: { $from } before, { $to } now
ledger-tier = { $why ->
    [reached] Up in “{ $group }” from { $from } to { $to }: { $measured } of { $threshold }
    [reviewed_kept] Keeps { $to } in “{ $group }”: { $measured } of { $threshold }
    [reviewed_down] Down in “{ $group }” from { $from } to { $to }: { $measured } of { $threshold }
    [granted] Receives { $to } in “{ $group }”
    [soft_landing] Down by one step only in “{ $group }”, from { $from } to { $to }: { $measured } of { $threshold }
    [protected] Keeps { $to } in “{ $group }”, which is protected
    [ladder_ended] “{ $group }” no longer exists: { $from } ends with it
    [grace] Keeps { $to } in “{ $group }” during the grace period: { $measured } of { $threshold }
   *[other] “{ $group }”: from { $from } to { $to } ({ $why })
}
ledger-qualified = { $amount } count for “{ $group }”, as of { $at }
ledger-no-tier = no tier
ledger-reason = { $points } for the reason “{ $code }”

# When a rule counts, as the end of a sentence that begins with "only when".
ledger-when-and = { $first } and { $second }
ledger-when-or = { $first } or { $second }
ledger-when-it-is = it is { $value }
ledger-when-weekday = { $n ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[other] Sunday
}
ledger-when-month = { $n ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[other] December
}
ledger-when-from-hour = it is { $hour } or later
ledger-when-before-hour = it is before { $hour }
ledger-when-on-day = it is { $day }
ledger-when-not-on-day = it is not { $day }
ledger-when-before-day = it is before { $day }
ledger-when-until-day = it is { $day } or earlier
ledger-when-after-day = it is after { $day }
ledger-when-from-day = it is { $day } or later
ledger-when-day-of-month = the day of the month
ledger-when-year = the year
ledger-when-purchase = the purchase’s total
ledger-when-units = the number of units
ledger-when-lines = the number of different articles
ledger-when-store = the store
ledger-when-channel = the channel
ledger-when-currency = the currency
ledger-when-line = the article’s amount
ledger-when-product = the product
ledger-when-category = the category
ledger-when-brand = the brand
ledger-when-named = “{ $name }”
ledger-when-tier = the tier of { $group }
ledger-when-is = { $what } is { $value }
ledger-when-is-not = { $what } is not { $value }
ledger-when-is-less = { $what } is less than { $value }
ledger-when-is-at-most = { $what } is { $value } or less
ledger-when-is-more = { $what } is more than { $value }
ledger-when-is-at-least = { $what } is { $value } or more
