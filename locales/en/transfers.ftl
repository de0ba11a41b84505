# What a member gives to another.
transfers-title = Give to somebody else
transfers-lead = Give part of what you have to somebody of the same club. It arrives at once and lasts as long as it would have for you.
transfers-none = Nothing of what you have can be given.
transfers-of = Of what
transfers-card = Number of their card
transfers-card-hint = Ask for it: it is on their card and in their portal, below the barcode.
transfers-card-wrong = Nobody else in the club has this card. Check the number.
transfers-points = How much
transfers-hint = You have { $have }. From { $least } to { $most } at a time, and up to { $year } a year.
transfers-points-wrong = A number within these limits and what there is.
transfers-look = Look at it
transfers-for-good = What was given cannot be taken back.
transfers-look-title = Shall we send it?
transfers-to = To whoever has the card { $card }.
transfers-gives = You give
transfers-send = Give
transfers-back = Change it
