# Your value: what there is in all programs, what was received and where it came from.
value-title = Your value
value-lead = Everything you have with us, in money, and what you have received so far.
value-now = What it is worth today
value-no-money = worth no money
value-rounded = Each program at its published price, rounded down. What is pending or on hold is not counted here.
value-received = Points of { $program }
value-earned = Earned
value-used = Redeemed
value-total = Yours now
value-where = Where each point comes from
value-before = Before that
value-places = Purchases by store
value-nowhere = No store
value-times = { $n ->
    [one] { $number } time
   *[other] { $number } times
}
value-latest = latest:
value-action = { $action ->
    [purchase] Purchases
    [return] Returns
    [redemption] Redemptions
    [adjustment] Adjustments
    [transfer_out] Points sent
    [transfer_in] Points received
    [elapse] Expired
    [reversal] Reversals
    [reinstatement] Points brought back
    [opening] Opening balance
   *[other] Others
}
value-months = Month by month
value-month = Month
value-part = There are more movements than fit on this page: the oldest are together under “Before that”.
value-see = Where they come from
