# How it works, and help.
help-program = How it works
help-earn = What earns
help-worth = What it is worth, and until when
help-per-amount = { $amount } for every { $per }
help-per-unit = { $amount } for each
help-worth-line = 100 { $name } are worth { $money }.
help-ends-never = They do not end.
help-ends-days = { $n ->
    [one] They end the day after.
   *[other] They end { $number } days after they were earned.
}
help-ends-months = { $n ->
    [one] They end a month after they were earned.
   *[other] They end { $number } months after they were earned.
}
help-ends-hours = { $n ->
    [one] They end an hour after they were earned.
   *[other] They end { $number } hours after they were earned.
}
help-lead = What do you need?
help-why-none = Why did a purchase earn nothing?
help-why-none-answer = Open Activity and choose the purchase: the reason is there, rule by rule.
help-when-ends = When does what I have end?
help-when-ends-answer = Activity has the date of every part; what ends first is spent first.
help-how-redeem = How do I redeem?
help-how-redeem-answer = Choose a reward, confirm it and show the code. As long as it is not used you can undo it.
help-lost-card = What if I do not have my card with me?
help-lost-card-answer = Your e-mail, your phone or an old card will do.
help-leave = Can I leave?
help-leave-answer = Any time. Ask in any store or by e-mail; we erase your data and confirm it.
