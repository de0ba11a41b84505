# Your value: what there is in all programs, what was received and where it came from.
value-title = Your value
value-lead = Everything you have with us, in money, and what you have received so far.
value-now = What it is worth today
value-no-money = worth no money
value-rounded = Each program at its published price, rounded down. What is pending or on hold is not counted here.
value-received = { $program } so far
value-earned = Earned
value-used = Redeemed
value-total = Yours now
value-where = Where it comes from
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
    [transfer_out] Sent to somebody else
    [transfer_in] Received from somebody else
    [elapse] Expired
    [reversal] Reversals
    [reinstatement] Brought back
    [opening] Opening balance
   *[other] Others
}
value-months = Month by month
value-month = Month
value-part = There are more movements than fit on this page: the oldest are together under “Before that”.
value-see = Where they come from
value-rules = By rule and promotion
value-returned = Returns
value-by-tier = What { $group } adds
