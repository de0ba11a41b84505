# What is in the account and where it comes from.
accounts-title = Activity
accounts-amount = { $number } { $name }
accounts-at = { $kind } at { $place }
accounts-of = { $kind }: { $name }
accounts-available = Available
accounts-pending = Pending
accounts-held = Set aside
accounts-endings = What ends, and when
accounts-until = Until { $day }
accounts-movements = Activity
accounts-none = Nothing yet. The first will come with your next purchase.
accounts-older = See earlier
accounts-back = All activity
accounts-why = Why
accounts-lines = The receipt
accounts-line = Item
accounts-entries = The entries
accounts-entries-lead = Every movement is written down twice, and both columns add up to zero.
accounts-side = Account
accounts-type = Points
accounts-points = Amount
accounts-side-name = { $side ->
    [available] Available
    [pending] Pending
    [held] Set aside
    [issued] Issued by the program
    [redeemed] Redeemed
    [expired] Expired
    [adjusted] Adjusted
    [converted_out] Converted from another program
    [converted_in] Converted into this program
    [rounding] Rounding
    [transferred] Transferred
    [opening] Opening balance
   *[other] { $side }
}
accounts-reference = Reference { $reference }, movement { $event }
accounts-take = { $tone ->
   *[tu] Take the last year's statement along:
}
accounts-csv-day = Day
accounts-csv-what = Movement
accounts-csv-points = Points
accounts-csv-why = Why
accounts-paper-title = Points statement, { $brand }
accounts-paper-standing = { $amount }, worth { $worth }
accounts-paper-year = Movements of the last twelve months.
accounts-paper-part = The latest movements of the last twelve months.
accounts-not-right = Something is not right? Write to us
