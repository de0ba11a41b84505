# The tier.
tiers-title = Tier
tiers-none = This program has no tiers.
tiers-yours = Your tier
tiers-how = { $how ->
    [earned] You earned it with your purchases.
    [matched] Matched with a tier elsewhere.
    [gifted] A gift.
    [paid] With the paid plan.
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
