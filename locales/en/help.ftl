# How it works, and help.
help-program = How it works
help-earn = What earns
help-worth = What it is worth, and until when
help-per-amount = { $amount } for every { $per }
help-per-unit = { $amount } for each
help-worth-line = 100 { $name } are worth { $money }.
help-ends-never = They do not end.
help-ends-earned = They end { $term } after they are earned.
help-ends-activity = They end { $term } after the last time something is earned; each time all of them last longer.
help-ends-round = { $per ->
    [day] They last to the end of that day.
    [week] They last to the end of that week.
    [month] They last to the end of that month.
    [quarter] They last to the end of that quarter.
   *[other] They last to the end of that year.
}
help-ends-tier = With { $tier } they last { $term }.
help-ends-tier-never = With { $tier } they do not end.
help-ends-upgrade = A step up makes those already there last longer, too.
help-only = Only for: { $list }.
help-not = Not for: { $list }.
help-condition = Only when its condition is met; each movement says why.
help-only-when = Only when { $when }.
help-nth = { $per ->
    [ever] { $n ->
        [one] Only the first time.
       *[other] Only time number { $number }.
    }
    [day] Only time number { $number } of a day.
    [week] Only time number { $number } of a week.
    [month] Only time number { $number } of a month.
    [quarter] Only time number { $number } of a quarter.
   *[other] Only time number { $number } of a year.
}
help-every-nth = { $per ->
    [ever] One in every { $number } times.
    [day] One in every { $number } times of a day.
    [week] One in every { $number } times of a week.
    [month] One in every { $number } times of a month.
    [quarter] One in every { $number } times of a quarter.
   *[other] One in every { $number } times of a year.
}
help-cap = { $per ->
    [ever] At most { $amount } in all.
    [day] At most { $amount } a day.
    [week] At most { $amount } a week.
    [month] At most { $amount } a month.
    [quarter] At most { $amount } a quarter.
   *[other] At most { $amount } a year.
}
help-cap-times = { $per ->
    [ever] It counts { $n ->
        [one] once
       *[other] { $number } times
    } in all.
    [day] Up to { $number } a day.
    [week] Up to { $number } a week.
    [month] Up to { $number } a month.
    [quarter] Up to { $number } a quarter.
   *[other] Up to { $number } a year.
}
help-budget = As long as what is set aside for everybody lasts.
help-until = Until { $day }.
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
help-leave-answer = Any time: under Me, “Leave”. We erase your data and confirm it.
help-privacy-contact = Questions about your data?
help-privacy-version = Text of { $version }
help-search = Search help
help-search-act = Search
help-nothing = There is no question about “{ $q }”.
help-all = See all questions
help-people = Talk to us
help-people-sign-in = Sign in to write to us from here
help-people-email = E-mail
help-people-phone = Phone
help-why-none-words = nothing earned missing purchase receipt reason zero yesterday
help-when-ends-words = expire expiry expiration lapse date lose valid
help-how-redeem-words = redeem voucher coupon reward gift use spend
help-undo = Can I undo a redemption?
help-undo-answer = Yes, as long as the code has not been used: open it under Rewards and choose Undo. Your points come back with the date they had.
help-undo-words = cancel revert refund mistake wrong
help-pending = Why do I have pending points?
help-pending-answer = Some purchases earn once the time for returning them is over. Activity shows the day on which you can spend them.
help-pending-words = pending waiting available held
help-level = How do I reach the next tier?
help-level-answer = Tier shows what you still need and until when it counts; “Plan” suggests how to get there with what you usually buy.
help-level-words = tier level status silver gold platinum benefits
help-lost-card-words = lost forgot stolen card number phone
help-two-accounts = I have two accounts. Can they be one?
help-two-accounts-answer = Yes. Write to us from here with both numbers: we check that both are yours and join everything, and nothing is lost.
help-two-accounts-words = two accounts join merge duplicate
help-email = How do I change my e-mail address?
help-email-answer = Under Me, “Change my e-mail address”: we confirm the new one with a code and tell the old one. For a day nothing can be redeemed, to keep you safe.
help-email-words = email address change
help-letters = How do I stop getting advertising?
help-letters-answer = With the link at the foot of any letter, or under Me, “Consents and preferences”. Your points stay as they are.
help-letters-words = advertising newsletter spam unsubscribe messages consent permissions
help-leave-words = leave delete erase close account data forget
help-share = Share it with somebody
help-share-words = This is how the club of { $brand } works
