# Two files, five minutes.
two-files-title = Two files, five minutes
two-files-lead = Drop the exports of two programs, with their members and balances. In a few minutes: who is in both, what their points are worth, and who would gain or lose if they became one.
two-files-no-program = A target program is needed: set one up first.
two-files-name = Program
two-files-worth = What one point is worth
two-files-worth-hint = In the client's currency. If you do not know, 0,01 is usual.
two-files-file = File
two-files-file-hint = CSV, Excel, JSON or Parquet, up to 64 MB. One row for each member.
two-files-look = Look at the files
two-files-nothing = No point moves and nobody is told. The files are deleted by themselves within a day.
two-files-too-large = Each file may have up to 64 MB.
two-files-working = Finding who is who…
two-files-working-lead = With a hundred thousand members it takes a couple of minutes. You can leave this page open.
two-files-columns = Is this what each column holds?
two-files-columns-lead = We worked it out from names and values. Correct what is not so.
two-files-correct = Correct columns or try another rate
two-files-column = Column
two-files-holds = Holds
two-files-rate = New points for each point
two-files-rate-hint = The proposal is the simplest one that takes nothing from anybody. 0.75 and 3/4 are both fine.
two-files-work = Work it out
two-files-again = Work it out again
two-files-twice = Two columns are said to hold the same. Leave only one.
two-files-people = Members
two-files-points = Points
two-files-worth-all = Worth
two-files-proposed = Rate
two-files-proposed-small = of these for new ones
two-files-pdf = Take the report along as PDF
two-files-forget = Delete this trial
two-files-defects = What is wrong with the data
two-files-letter = How a member would read it
two-files-foot = A simulation: no point was moved.
two-files-program = Program { $place }
two-files-seen = { $file }: { $rows } rows
two-files-missing = A column is missing: { $field }
two-files-doubtful = Another { $n } pairs are doubtful: a person would look at them.
two-files-share = { $percent } % are in both
two-files-too-many = Your files of earlier trials already take up half a gigabyte. Forget one of them first.
two-files-unreadable = One file could not be read. { $why }
two-files-both = { $count ->
    [0] Nobody is in both.
    [one] { $n } person is in both.
   *[other] { $n } people are in both.
}
two-files-field = { $field ->
    [nothing] Not needed
    [member] Member number
    [points] Points balance
    [enrolled_at] Enrollment date
    [expires_at] Expiry
    [full_name] Full name
    [given_name] Given name
    [surname] Surname
    [surname2] Second surname
    [email] E-mail
    [phone] Phone
    [birth_date] Birth date
    [tax_id] Tax number
    [street] Street
    [postcode] Postcode
    [city] Town
    [country] Country
    [gender] Gender
   *[other] { $field }
}
