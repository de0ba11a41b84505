# The way of a change to live rules.
drafts-no-programs = This client has no programs yet.
drafts-waits = Draft waiting
drafts-live = Live: version { $version }
drafts-rules = Rules
drafts-only-when = Only when { $when }.
drafts-change = Change
drafts-draft = Change proposed by { $author }
drafts-backtest = Try it on history
drafts-publish = Publish
drafts-withdraw = Discard
drafts-second-person = Somebody else publishes it: whoever writes a draft does not approve it.
drafts-history = Versions
drafts-version = Version { $version }
drafts-on = { $event ->
    [purchase] For every purchase:
   *[other] For “{ $event }”:
}
drafts-per-amount = { $points } for every { $per }.
drafts-per-unit = { $points } for each.
drafts-fixed = { $points } at once.
drafts-multiplier = times { $factor }.
drafts-cap = At most { $points } a period.
drafts-lines = Only for: { $categories }.
drafts-name-es = Name in Spanish
drafts-name-en = Name in English
drafts-points = Points
drafts-per-minor = For every so much money
drafts-name-in = Name ({ $language })
drafts-number-wrong = That cannot be understood. Write it like 2 or 1.5.
drafts-from = Counts from { $at }.
drafts-factor = Multiplier
drafts-factor-hint = Such as 2, 1.5 or 13/10
drafts-cap-label = Most points a period
drafts-when = Condition
drafts-when-hint = A CEL expression, such as at.weekday == 5; empty is always
drafts-save = Save as a draft
drafts-save-hint = Nothing changes for members until somebody else publishes it.
drafts-leave = Leave it
drafts-backtest-title = If this had been in force from the beginning
drafts-backtest-lead = { $events } movements of { $members } members, computed again.
drafts-backtest-waits = At work: { $events } movements so far. You can leave this page; it goes on without you.
drafts-backtest-look = Look again
drafts-backtest-again = Compute it again
drafts-winners = Would earn more
drafts-losers = Would earn less
drafts-difference = Difference in cost
drafts-table = The live rules and the draft, over the same history
drafts-what = What
drafts-now = Live
drafts-then = Draft
drafts-more = Difference
drafts-cost = Cost of what is issued
drafts-liability = Liability at the end
drafts-earned = Points issued ({ $code })
