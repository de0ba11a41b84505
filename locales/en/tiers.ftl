# The tier.
tiers-title = Tier
tiers-none = This program has no tiers.
tiers-yours = Your tier
tiers-how = { $how ->
    [earned] You earned it with your purchases.
    [matched] Matched with a tier elsewhere.
    [gifted] A gift.
    [paid] You paid for it, with money or with what you had.
    [lifetime] For life.
    [protected] Kept over a change of program.
   *[other] { $how }
}
tiers-missing = { $missing } to go to { $tier }
tiers-counted = { $measured } of { $threshold }.
tiers-window-year = What counts is this calendar year.
tiers-window-rolling = What counts is the last { $months } months.
tiers-window-anniversary = What counts is the time since your anniversary.
tiers-window-lifetime = All time counts.
tiers-ladder = The tiers
tiers-from = from { $threshold }
tiers-floor = Where we begin.
tiers-multiplier = { $factor } times as much with every purchase
tiers-visits = { $n ->
    [one] { $number } purchase
   *[other] { $number } purchases
}

# The planner.
tiers-plan = { $tone ->
   *[tu] How you can get there
}
tiers-plan-back = Back to your tier
tiers-plan-top = { $tone ->
   *[tu] You are on the highest tier already.
}
tiers-plan-title = Getting to { $tier }
tiers-plan-tier = Tier
tiers-plan-by = At the latest on
tiers-plan-show = Work it out
tiers-plan-reached = { $tone ->
   *[tu] With what you have, { $tier } is yours.
}
tiers-plan-missing = { $tone ->
   *[tu] For { $tier } before the end of { $day } you need another { $missing }.
}
tiers-plan-from = That day lies in another period: it begins to count on { $day }.
tiers-plan-none = { $why ->
    [not_counted] Purchases do not count for this tier.
   *[too_late] There is not enough time: { $missing } are missing by { $day }, and no reasonable pace gets there.
}
tiers-plan-none-lead = { $tone ->
   *[tu] Try a later day or another tier.
}
tiers-plan-how = { $tone ->
   *[tu] Worked out from today's rules and your { $n } purchases of the last half year; the usual one is { $usual }.
}
tiers-plan-example = { $tone ->
   *[tu] We do not know your purchases yet: this is an example with purchases of { $usual }.
}
tiers-way = { $kind ->
    [as_usual] { $tone ->
       *[tu] Go on as before
    }
    [more_often] { $tone ->
       *[tu] With your usual purchases
    }
    [larger] Less often, more each time
   *[one_large] All at once
}
tiers-way-day = Around { $day }, approx.
tiers-way-does = { $count ->
    [one] { $n } purchase of { $each }
   *[other] { $n } purchases of { $each }
}
