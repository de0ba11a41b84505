# The merge workbench.
merges-lead = Several programs become one, step by step, with two people on every decision that moves points.
merges-none = There are no merges yet. Try two files first: in five minutes they say who is in both programs and what each point is worth.
merges-try = Try two files
merges-walk = Where it is
merges-next = What is next
merges-next-blocked = The dry run found something in the way.
merges-next-own = This plan is yours: somebody else approves it.
merges-next-approve = The plan is ready. Look at it before you approve it: from there on points move.
merges-next-advance = Everything planned so far is done.
merges-next-nothing = There is nothing left to do.
merges-move = Move to another state
merges-plan-show = Show the plan
merges-wave-show = Show the wave
merges-sources = Sources
merges-pairs = Pairs to review
merges-plan = Dry run
merges-exceptions = Exceptions
merges-statement = What happened to my points?
merges-plan-none = Not made yet
merges-plan-approved = Approved
merges-plan-open = To be approved
merges-plan-blocked = Cannot be approved
merges-statement-one = Letter
merges-statement-small = As each member reads it
merges-waves = Waves
merges-waiting = Waits for a second person
merges-agree = Agree
merges-reject = Reject
merges-second = Somebody else decides.
merges-sources-lead = What was loaded of each program, whether it agrees with what its owner states, and which data are wrong.
merges-sources-none = No source was looked at yet.
merges-total = Total
merges-loaded = Loaded
merges-stated = Stated
merges-equal = equal
merges-not-stated = not stated
merges-accounts = Accounts
merges-lots = Lots
merges-history = Movements
merges-totals = Control totals
merges-clean = Nothing wrong was found.
merges-column = Column
merges-filled = Filled
merges-distinct = Distinct
merges-looks = Looks like
merges-examples = Examples
merges-pairs-lead = Two accounts that may be one person. What agrees is green; below, what speaks for it and against it.
merges-pairs-open = To review
merges-pairs-all = All
merges-pairs-none = Nobody has looked yet for who is who.
merges-pairs-done = There is no pair left to review.
merges-evidence = What weighs
merges-for = for
merges-against = against
merges-same = Same person
merges-different = Two people
merges-later = Decide later
merges-plan-empty = No dry run was made yet.
merges-blocking = This is in the way
merges-members = Members
merges-winners = Gain
merges-neutrals = Stay the same
merges-losers = Lose
merges-held-back = Wait at the desk
merges-worth = Worth after
merges-distribution = How the worth of their points changes
merges-change-of = Change
merges-table = Show the table
merges-nobody = Nobody.
merges-worst = Those who lose most
merges-best = Those who gain most
merges-flow = From the source to the target
merges-flow-lead = Every column adds up: what there was, what is converted, the rounding, and what opens.
merges-source = Source
merges-points = Points
merges-line = Line
merges-amount = Amount
merges-tier = Tier
merges-how = How
merges-tiers = Tiers
merges-when = When
merges-owed = Liability
merges-unknown = no cost
merges-liability = Points liability
merges-exceptions-lead = Accounts that somebody has to look at. Those that wait do not move until then.
merges-exceptions-none = There are no exceptions.
merges-all = All
merges-waits = waits
merges-posted = Posted
merges-refused-title = Refused
merges-agrees = Agrees
merges-open = Open
merges-yes = Yes
merges-no = No
merges-signed = Signed
merges-ran = You ran this wave: somebody else signs it.
merges-sign-other = The other signature is somebody else's: finance and the program's owner sign, each once.
merges-sign-as = Sign as { $role }
merges-signer = { $role ->
    [finance_controller] finance
   *[program_owner] program owner
}
merges-pdf = Take the PDF along
merges-behind-none = No member stands behind this line.
merges-behind-further = None among the first; there are more.
merges-account = Account
merges-lot = Lot
merges-lot-state = What became of it
merges-had = Had
merges-exact = Exact
merges-opens = Opens
merges-entry = Show the entries
merges-no-member = Nobody with that number, address or phone in this merge.
merges-statement-lead = The letter as the member reads it: before, how, after.
merges-statement-who = Whose
merges-statement-hint = A number of any of the programs, an e-mail address or a phone.
merges-statement-find = Show the letter
merges-print = Version to print
merges-dossier = Open the dossier
merges-pairs-of = { $auto } sure · { $review } doubtful
merges-refused = { $n } refused
merges-rows = { $n } rows
merges-pair-sure = { $percent } % that they are one
merges-of-accounts = of { $n } accounts
merges-worth-before = { $money } before
merges-distribution-says = { $gain } gain and { $lose } lose.
merges-of = of { $n }
merges-wave = Wave { $number }: { $name }
merges-instead = should be { $n }
merges-state = { $state ->
    [draft] draft
    [profiled] profiled
    [mapped] loaded
    [matched] matched
    [simulated] simulated
    [approved] approved
    [pilot] pilot
    [waves] waves
    [frozen] frozen
    [delta] catch-up
    [cutover] cut-over
    [parallel] in parallel
    [hypercare] hyper-care
    [closed] closed
    [paused] paused
    [rolled_back] rolled back
    [abandoned] abandoned
   *[other] { $state }
}
merges-next-step = { $step ->
    [profile] Look at the files: columns, gaps, strange values.
    [map] Load the sources by their mappings and check the totals.
    [match] Find who is who across the programs.
    [dry-run] Make the dry run: it works everything out and moves nothing.
   *[other] { $step }
}
merges-next-wave = { $state ->
    [posted] Wave “{ $name }”: reconcile it with the ledger.
    [reconciled] Wave “{ $name }”: sign the report.
    [running] Wave “{ $name }”: running.
   *[other] Wave “{ $name }”: run it.
}
merges-step = { $step ->
    [profile] Look at the files
    [map] Load
    [match] Find pairs
    [dry-run] Make the dry run
    [approve] Approve the plan
    [paused] Pause
    [abandoned] Abandon
    [frozen] Freeze the sources
    [delta] Catch up
    [cutover] Cut over
    [parallel] Run in parallel
    [hypercare] Go to hyper-care
    [closed] Close
   *[other] Go on: { $step }
}
merges-wave-state = { $state ->
    [planned] planned
    [running] running
    [posted] posted
    [stopped] stopped
    [reconciled] reconciled
    [signed] signed
    [rolled_back] rolled back
   *[other] { $state }
}
merges-wave-act = { $act ->
    [run] Run the wave
    [reconcile] Reconcile
    [sign] Sign the report
   *[other] { $act }
}
merges-request = { $kind ->
    [unmerge] Take apart
    [rollback] Roll back wave
   *[other] { $kind }
}
merges-finding = { $code ->
    [balance_differs] Balance differs from its lots
    [ledger_differs] Ledger differs
    [duplicate_member] Member twice
    [duplicate_lot] Lot twice
    [no_rule] No conversion rule
    [too_large] Too large
    [impossible_lot] Impossible lot
    [person_with_company] Person joined to a company
    [deceased] Deceased
    [company_missing] Company missing
    [impossible_order] Impossible order
    [in_transit] On its way to or from a partner
    [erased_with_points] Erased with points
    [closed_with_points] Closed with points
    [erased_returns] Erased and back
    [debt_across_programs] Debt across programs
    [voucher_unmapped] Voucher not mapped
    [counter_beyond_calendar] Counter out of date
    [tier_unmapped] Tier not mapped
    [plan_unmapped] Plan not mapped
    [two_pools] In two pools
    [unreadable_row] Unreadable row
    [part_without_member] Data without a member
    [contact_without_company] Contact without a company
    [duplicate_transaction] Movement twice
    [expired_yet_available] Expired, yet available
    [earned_in_future] Earned in the future
    [enrolled_in_future] Enrolled in the future
    [erased_with_person] Erased with personal data
    [no_name] No name
    [no_enrollment] No enrollment date
    [no_contact] No e-mail and no phone
    [bad_email] Impossible e-mail
    [bad_tax_id] Impossible tax number
    [shared_token] Shared number
   *[other] { $code }
}
merges-exception = { $code ->
    [balance_differs] Balance differs from its lots
    [ledger_differs] Ledger differs
    [duplicate_member] Member twice
    [duplicate_lot] Lot twice
    [no_rule] No conversion rule
    [too_large] Too large
    [impossible_lot] Impossible lot
    [person_with_company] Person joined to a company
    [deceased] Deceased
    [company_missing] Company missing
    [impossible_order] Impossible order
    [in_transit] On its way to or from a partner
    [erased_with_points] Erased with points
    [closed_with_points] Closed with points
    [erased_returns] Erased and back
    [debt_across_programs] Debt across programs
    [voucher_unmapped] Voucher not mapped
    [counter_beyond_calendar] Counter out of date
    [tier_unmapped] Tier not mapped
    [plan_unmapped] Plan not mapped
    [partner_unknown] Partner not in the calendar
    [partner_cut_off] Old currency after the cut-off
    [two_pools] In two pools
   *[other] { $code }
}
merges-severity = { $severity ->
    [minor] minor
    [major] major
    [blocker] in the way
   *[other] { $severity }
}
merges-looks-like = { $kind ->
    [integer] number
    [decimal] decimal
    [date] date
    [email] e-mail
    [flag] yes or no
    [card] payment card
    [text] text
   *[other] { $kind }
}
merges-decision = { $decision ->
    [merge] same person
    [not_same] two people
    [need_info] later
    [waits] needs a second person
   *[other] { $decision }
}
merges-field = { $field ->
    [given_name] Given name
    [surname] Surname
    [surname2] Second surname
    [full_name] Full name
    [gender] Gender
    [birth_date] Birth date
    [email] E-mail
    [phone] Phone
    [street] Street
    [city] Town
    [postcode] Postcode
    [country] Country
    [tax_id] Tax number
   *[other] { $field }
}
merges-reason = { $code ->
    [given-name-equal] given name: equal
    [given-name-familiar-form] given name: familiar form
    [given-name-one-has-more-names] given name: one has more names
    [given-name-alike] given name: alike
    [given-name-initial-fits] given name: the initial fits
    [given-name-one-name-shared-or-remotely-alike] given name: a name in common
    [given-name-differs] given name: differs
    [surname-both-equal] surname: both equal
    [surname-equal] surname: equal
    [surname-one-has-more-surnames] surname: one has more surnames
    [surname-alike] surname: alike
    [surname-one-alike-or-remotely-alike] surname: one is alike
    [surname-differs] surname: differs
    [birth-date-equal] birth date: equal
    [birth-date-one-slip] birth date: one slip
    [birth-date-two-parts-equal] birth date: two parts equal
    [birth-date-year-equal] birth date: year equal
    [birth-date-one-part-equal] birth date: one part equal
    [birth-date-differs] birth date: differs
    [email-equal] e-mail: equal
    [email-equal-but-for-the-provider] e-mail: equal but for the provider
    [email-alike] e-mail: alike
    [email-differs] e-mail: differs
    [phone-equal] phone: equal
    [phone-one-slip] phone: one slip
    [phone-differs] phone: differs
    [street-equal] street: equal
    [street-alike] street: alike
    [street-differs] street: differs
    [area-postcode-equal] area: same postcode
    [area-postcode-alike] area: postcode alike
    [area-town-equal] area: same town
    [area-differs] area: differs
    [tax-id-equal] tax number: equal
    [tax-id-one-slip] tax number: one slip
    [tax-id-differs] tax number: differs
    [gender-equal] gender: equal
    [gender-differs] gender: differs
   *[other] { $words }
}
merges-change = { $step ->
    [s0] −10 % or less
    [s1] −10 to −1 %
    [s2] same
    [s3] +1 to +10 %
    [s4] +10 to +50 %
   *[other] +50 % or more
}
merges-control = { $code ->
    [opening_available] Open: available
    [opening_pending] Open: pending
    [opening_held] Open: on hold
    [opening_expired] Open: expired
    [opening_debt] Open: debt
    [opens] Converted
    [held_back] Wait at the desk
    [kept_apart] Kept apart
    [left] Not moved
    [expired] Expired before
    [exact] Exact value
    [cut] Cut by caps
    [rounding] Rounding
    [gifts] Rounding gift
    [converted_in] Arrive in the target
    [compensation] Compensation
    [placed] Lots in the journal
    [posted] In the ledger
    [members] Members
    [lots] Lots
    [tiers] Tiers
    [counters] What counts for tiers
    [vouchers] Vouchers
    [voucher_value] Worth of the vouchers
    [consents] Consents
    [consents_yes] Consents given
    [stated] Stated by the owner
    [caught_up] Caught up since the snapshot
    [accounts] Accounts
    [hash_total] Sum of hashes
    [planned] All plans
    [not_posted] Not posted
   *[other] { $code }
}
merges-provenance = { $provenance ->
    [earned] earned
    [matched] matched
    [gifted] given
    [paid] paid
    [lifetime] for life
    [protected] protected
   *[other] { $provenance }
}
merges-at = { $at ->
    [before] before
    [after] after
   *[other] { $at }
}
merges-member-state = { $state ->
    [planned] planned
    [posted] posted
    [in_part] in part
    [refused] refused
    [unmerged] taken apart
    [rolled_back] rolled back
   *[other] { $state }
}

# What the member reads.
merges-own-none = { $tone ->
   *[tu] Your points are where they were: your program was not joined with another.
}
merges-own-points = { $tone ->
   *[tu] Show your activity
}
merges-own-wrong = Something does not add up
merges-own-pdf = Save as PDF
merges-balance = { $state ->
    [available] available
    [pending] pending
    [held] held
    [debt] debt
   *[other] { $state }
}
merges-pilot = What the pilot has shown
merges-pilot-lead = The second wave opens once members of the first have gone through the whole cycle.
merges-pilot-what = { $what ->
    [days] days since the wave
    [earned] purchases and actions that earn
    [redeemed] redemptions
    [undone] cancellations and returns
   *[other] { $what }
}
