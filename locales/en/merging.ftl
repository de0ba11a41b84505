# What is published about each conversion rule; it is made from the rule itself.
merging-rate-flat = Every { $give } become { $get } (× { $rate }).
merging-rate-value = Every { $give } become { $get } (× { $rate }), because a source point is worth { $worth } cents and a target point { $target-worth }.
merging-rate-marginal = From { $from } on: every { $give } become { $get } (× { $rate }), for that part of the balance only.
merging-rate-whole = A balance from { $from } on: every { $give } become { $get } (× { $rate }), for the whole balance.
merging-rate-level = A balance from { $from } on: { $gives }.
merging-rate-level-up = A balance of up to { $from }: { $gives }.
merging-rate-tier = Tier “{ $code }”: every { $give } become { $get } (× { $rate }).
merging-rate-kind = Points of kind “{ $code }”: every { $give } become { $get } (× { $rate }).
merging-rate-date = From { $at } on: every { $give } become { $get } (× { $rate }).
merging-rate-otherwise = In all other cases: every { $give } become { $get } (× { $rate }).
merging-rate-step = Conversion is by { $points } at a time; what is left over does not convert.
merging-rate-step-up = Conversion is by { $points } at a time; a part begun counts as whole.
merging-rate-min = Every member receives at least { $points }.
merging-rate-bonus = Every member receives { $points } on top, once.
merging-rate-cap = At most { $points } are received.
merging-rate-rounds-up = Each member’s total is rounded once, in the member’s favor.
merging-rate-rounds-down = Each member’s total is rounded once, down.
merging-rate-rounds-near = Each member’s total is rounded once, to the nearest whole.

# “What happened to my points?”
merging-statement-title = What happened to my points?
merging-statement-before = What you had
merging-statement-linked = How we brought your accounts together
merging-statement-converted = How your points were converted
merging-statement-lots = Your points and how long they last
merging-statement-tier = Your tier
merging-statement-counters = What counts for your tier
merging-statement-vouchers = Your vouchers
merging-statement-orders = Your rewards on their way
merging-statement-waiting = Points pending and held
merging-statement-plans = Your paid plan
merging-statement-to-do = What you have to do
merging-statement-better = What changes for you
merging-statement-complain = If something is not right
merging-say-before = { $program }, number { $number }: { $points }.
merging-say-before-none = { $program }, number { $number }: no points.
merging-say-before-contact = { $program }, number { $number }: you use your company's points, which stay the company's.
merging-say-tier-before = { $program }: tier { $tier }.
merging-say-alone = Your account is still yours alone; your number { $number } goes on working.
merging-say-linked = These accounts are one now, and all your numbers go on working.
merging-say-number = { $program }: number { $number }.
merging-say-kept-apart = { $program }: you owe { $points }. We do not take it from your other points; we will write to you.
merging-say-whole = { $program }: { $points } are { $result } now.
merging-say-converted = { $program }: { $points } are exactly { $exact }. We round { $rounding } in your favor: { $result }.
merging-say-cut = The published limit leaves out { $cut }.
merging-say-gift = You also receive a gift of { $points }{ $kind ->
    [never] , without an end
   *[until] , until { $until }
}.
merging-say-total = In all: { $points }.
merging-say-compensation = So that you lose no value, we add { $points }{ $kind ->
    [never] , without an end
   *[until] , until { $until }
}.
merging-say-lot = { $before } (lot { $lot }) are now { $points }{ $kind ->
    [never] , without an end
   *[until] , until { $until }
}.
merging-say-tier-kept = You hold { $tier } for your tier in { $program }; nobody takes it away before { $until }.
merging-say-tier-counted = You hold { $tier } for all that you have gathered; nobody takes it away before { $until }.
merging-say-tier-lifetime = You hold { $tier } for life.
merging-say-counter = { $group }, { $period }: { $value }.
merging-say-counter-once = { $group }, { $period }: { $value }. { $twice } were counted in two programs; they count once.
merging-say-voucher = Voucher { $code } was worth { $before } and is worth { $value }{ $kind ->
    [never] , without an end
   *[until] , until { $until }
}.
merging-say-voucher-choose = Voucher { $code } is still worth { $value }; if you prefer, take the { $points } points it cost instead.
merging-say-order = Order { $order } in { $program }: { $reward } for { $price }, ordered on { $at }{ $status ->
    [preparing] , being prepared
    [sent] , sent
   *[ordered] , not yet prepared
}{ $kind ->
    [never] , with no promised date
   *[until] , promised by { $until }
}. Its price and its promise stay; no point is taken again.
merging-say-pending = { $points } will be available on { $until }.
merging-say-held = { $points } are still set aside (hold { $hold }){ $kind ->
    [never] {""}
   *[until] , until { $until }
}.
merging-say-reinstated = They had expired recently: you get back { $points }{ $kind ->
    [never] , without an end
   *[until] , until { $until }
}.
merging-say-plan = Your plan { $plan } goes on as it is until { $until }, at the same price.
merging-say-plan-refund = Your plan { $plan } is no longer needed: we pay you back { $refund }.
merging-say-nothing = Nothing. Everything is done.
merging-say-choose = Choose what you prefer for your vouchers; until then they go on working.
merging-say-we-are-looking = Nothing for now: we are looking into your accounts, and no point has moved.
merging-say-call-us = Talk to us: your points are safe, but your account is blocked.
merging-say-value-more = Your points were worth { $before } and are now worth { $after }.
merging-say-value-same = Your points are worth what they were: { $after }.
merging-say-value-less = Your points were worth { $before } and are now worth { $after }. We are sorry; tell us if you do not agree.
merging-say-complain = Write to us or call us: we will go through your case with you, line by line.

# The control report for finance.
merging-control-members = Members of the wave, and those posted: { $refused } refused, { $part } in part, { $waiting } not yet.
merging-control-opening = What the snapshot holds, and what stands in the journal.
merging-control-on-the-way = On the way to or from a partner; whoever has them waits until that is completed or closed.
merging-control-in-transit = Points of posted members that are still on the way to or from a partner: there may be none.
merging-control-placed = Every lot loaded stands in the journal exactly once.
merging-control-converted = The exact conversion, less limits, plus rounding, is what opens.
merging-control-held-back = Waits at the exception desk; nothing has moved.
merging-control-kept-apart = Debts that are not paid with another program’s points.
merging-control-left = Closed or erased accounts that do not move.
merging-control-expired = Expired before the snapshot; they do not come back.
merging-control-rounding = The rounding account, as an exact fraction.
merging-control-planned = What all plans open is what the ledger holds and what is named as not posted, together.
merging-control-not-posted = Not posted: { $lots } lots of { $members } members. Running the wave again tries them again.
merging-control-posted = What the plan opens, and what the ledger holds.
merging-control-opens = Converts and opens in the target.
merging-control-things = How many there should be by the plan, and how many there are.
merging-control-stated = What the source’s owner stated, and what was loaded.
merging-control-caught-up = What was caught up since the snapshot, item by item, and by how much the snapshot changed.
merging-control-accounts = Accounts that were loaded, and those with a place in this project.
merging-control-hash = Sum over all account numbers, each by its hash.
merging-control-unexplained = { $subject }: a difference of { $difference } without an explanation.

# The control report as a document.
merging-report-title = Control report: { $project }, wave { $wave }
merging-report-title-whole = Control report: { $project }, all waves and the desk
merging-report-summary = { $members } members compared one by one with the ledger. Run { $run }.
merging-report-line = Line
merging-report-source = Source
merging-report-points = Points
merging-report-expected = Expected
merging-report-actual = Actual
merging-report-difference = Difference
merging-report-explanation = Explanation
merging-report-agrees = Every line agrees.
merging-report-differs = Not every line agrees.
merging-report-not-posted = Not posted
merging-report-differences = Members that differ
