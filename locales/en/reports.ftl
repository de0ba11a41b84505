# Reports.
reports-title-of = Report on { $program }
reports-none = There are no reports yet.
reports-make = Make a report
reports-from = From
reports-to = To
reports-worsened = What got worse
reports-improved = What improved
reports-nothing = No change larger than chance.
reports-stands =
    { $name }: { $now }. There is no earlier period to compare with.
reports-unchanged =
    { $name } stays at { $now }.
reports-rose =
    { $name } rises from { $before } to { $now } (+{ $by }).
reports-fell =
    { $name } falls from { $before } to { $now } (−{ $by }).
reports-counted = This is a full count, not a sample.
reports-findings-count =
    { $n ->
        [0] No rule fires.
        [one] One rule fires: it is below with its recommendation.
       *[other] { $number } rules fire: they are below with their recommendations.
    }
reports-note-by = { $author }: { $words }
reports-hidden-by = { $author } would rather not show this: { $words }
reports-add-note = Add context
reports-words = In your words
reports-comment = Comment
reports-hide = I would rather not show it
reports-restated =
    { $n ->
        [one] One figure would be another today
       *[other] { $number } figures would be others today
    }: data came later. The report stays as it was.
reports-hash = Hash of the data (SHA-256):
reports-liability = Points liability
reports-line = Line
reports-points = Points
reports-money = Amount
reports-opening = Opening
reports-issued = Issued and adjusted
reports-converted = From other programs and accounts
reports-redeemed = Redeemed
reports-expired = Expired
reports-closing = Closing
