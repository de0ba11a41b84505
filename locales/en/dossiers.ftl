# A member's dossier.
dossiers-lead = Search by whatever you have: a number, an e-mail address, a phone or a name.
dossiers-who = Find a member
dossiers-who-hint = A card number, an e-mail address, a phone or a name. It does not show in the page's address.
dossiers-find = Find
dossiers-go-on = Go on looking
dossiers-all = All, in the order of enrollment
dossiers-none = There are no members yet. They come by the shop, the till, the portal or a file.
dossiers-found = { $count ->
    [0] Nothing found
    [one] { $n } member
   *[other] { $n } members
}
dossiers-nobody = Nobody fits. Try the whole phone number, or the surname alone.
dossiers-stopped = There is more to look at.
dossiers-nameless = Member without a name
dossiers-status = { $status ->
    [active] active
    [suspended] paused
    [erased] erased
   *[other] { $status }
}
dossiers-kind = { $kind ->
    [person] person
    [company] company
   *[other] { $kind }
}
dossiers-since = Member since { $day } · { $id }
dossiers-adjusted = Done: the points are in the account.
dossiers-adjusted-waits = Above the limit: it waits for somebody else to approve it.
dossiers-identity = Who it is
dossiers-scheme = { $scheme ->
    [email] E-mail
    [phone] Phone
    [card] Card
    [external] Member number
   *[other] Number in { $scheme }
}
dossiers-attribute = { $name ->
    [given_name] Given name
    [family_name] Surname
    [surname] Surname
    [birth_date] Birth date
   *[other] { $name }
}
dossiers-suspend = Pause
dossiers-resume = Make active again
dossiers-available = Available
dossiers-pending = Pending
dossiers-held = On hold
dossiers-lots = { $count ->
    [one] From { $n } lot
   *[other] From { $n } lots
}
dossiers-lots-more = And { $n } more.
dossiers-until = until { $day }
dossiers-tiers = Tier
dossiers-no-tier = No tier
dossiers-next-tier = Towards { $name }: { $measured } of { $threshold }
dossiers-movements = Movements
dossiers-no-movements = No movements.
dossiers-event = { $kind ->
    [purchase] Purchase
    [return] Return
    [reserve] Redemption
    [capture] Redemption handed over
    [cancel] Redemption undone
    [adjustment] Adjustment
    [elapse] Passing of time
    [event] Activity
    [transfer_out] Transfer sent
    [transfer_in] Transfer received
    [tier_grant] Tier granted
    [reversal] Reversal
    [reinstatement] Points given back
    [opening] Opening balance
   *[other] { $kind }
}
dossiers-redemptions = Redemptions and vouchers
dossiers-no-redemptions = Nothing redeemed yet.
dossiers-redemption = { $state ->
    [reserved] reserved
    [captured] handed over
    [cancelled] undone
    [lapsed] lapsed
   *[other] { $state }
}
dossiers-voucher = { $state ->
    [issued] unused
    [used] used
    [withdrawn] withdrawn
    [expired] expired
   *[other] { $state }
}
dossiers-adjust = Adjust points
dossiers-adjust-lead = Up to { $limit } a day your word is enough; above it somebody else decides.
dossiers-adjust-none = The program allows no adjustments by hand.
dossiers-adjust-type = Points of
dossiers-adjust-points = How many
dossiers-adjust-points-hint = With a minus sign they are taken.
dossiers-adjust-number = Write a whole number, such as 50 or -50.
dossiers-adjust-reason = Reason
dossiers-adjust-do = Adjust
dossiers-reason = { $reason ->
    [goodwill] Goodwill
    [correction] Correction
    [missing_points] Missing points
   *[other] { $reason }
}
dossiers-back = Back to the member
dossiers-why = Why
dossiers-lines = Lines of the purchase
dossiers-entries = Entries
dossiers-side = Account
dossiers-type = Points
dossiers-lot = Lot
dossiers-points = Amount
dossiers-side-name = { $side ->
    [available] Available
    [pending] Pending
    [held] On hold
    [issued] Issued
    [redeemed] Redeemed
    [expired] Expired
    [adjusted] Adjusted
    [converted_out] Converted, out
    [converted_in] Converted, in
    [rounding] Rounding
    [transferred] Transferred
    [opening] Opening
   *[other] { $side }
}
dossiers-source = Source
dossiers-program = Program
dossiers-version = version { $version }
dossiers-recorded = Recorded
dossiers-event-id = Movement
