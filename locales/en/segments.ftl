# Audiences: whom a condition is about, and who of them may be written to.
segments-lead = An audience is a question that is answered each time: who fits today, and who of them may be written to.
segments-new = New audience
segments-none = There is no audience yet. Begin with a simple one, such as who has not bought for 60 days.
segments-told = { $who }, { $at } · { $program }
segments-outdated = The condition names something that the program no longer has, such as a tier that was removed. Change it to count again.
segments-condition = Condition
segments-edit = Change the audience
segments-write = Write to this audience
segments-reachable = May be written to
segments-of = of { $matched } who fit the condition, among { $members } members · { $at }
segments-why = Who not, and why
segments-why-lead = Letters with offers: what counts is the consent each person gave, as it is now.
segments-group = Group
segments-people = People
segments-table = See the table
segments-nobody = Nobody fits the condition today. Try less strict numbers.
segments-barrier-suspended = Suspended
segments-barrier-no-consent = No consent
segments-barrier-no-address = No e-mail address
segments-shown = The first ones
segments-shown-lead = Twenty people of the audience at most, by their number, to check that they are whom you expect.
segments-member = Member
segments-balance = Points
segments-writes = Is written to
segments-yes = Yes
segments-campaigns = Campaigns of this audience
segments-counted = Today they are
segments-form-lead = Answer only what matters; what is left open asks for nothing. Count before you keep it.
segments-name = Name
segments-name-hint = As the team would say it: “Asleep with points”.
segments-program = Program
segments-questions = Who they are
segments-balance-from = Points: at least
segments-balance-to = Points: at most
segments-bought-within = Bought within the last days
segments-silent-for = Have not bought for days
segments-enrolled-within = Enrolled within the last days
segments-enrolled-for = Enrolled at least days ago
segments-spent-from = Spent in a year at least ({ $currency })
segments-tier = Tier
segments-consent = Have agreed to
segments-any = Any
segments-own-words = Write the condition (CEL)
segments-condition-hint = If you write here, the questions above do not count. Example: balance >= 500 && days_since_purchase > 60
segments-names = It may name
segments-keep = Keep
segments-count = Count
segments-leave = Leave it
segments-wrong-number = Write a number, or nothing.
segments-wrong-name = It is needed, in 120 characters at most.
segments-rfm = Recency, frequency, money (RFM)
segments-rfm-title = Recency, frequency, money
segments-rfm-lead = { $people } people bought within { $days } days up to { $day }. Each is compared with all the others.
segments-rfm-none = Nobody bought within a year yet. The segments appear with the first purchases.
segments-rfm-chart = People in each segment
segments-rfm-summary = From those who come most and latest to those who were not seen for long.
segments-rfm-groups = The eleven segments
segments-rfm-write = Open one to make an audience of it.
segments-rfm-group = Segment
segments-rfm-what = What it means
segments-rfm-people = People
segments-rfm-purchases = Purchases
segments-rfm-spent = Spent
segments-rfm-each = Each, on average
segments-rfm-how = How it is worked out
segments-rfm-how-told = All who bought are put in order three times: by how long ago they bought last, by how often, and by how much they spent less returns. Each order is cut into five fifths, 5 the best; equal values score alike. The segment follows from the first two. Audiences may also use the scores themselves: recency, frequency and monetary, from 1 to 5, and 0 for who did not buy. The fifths are cut once a day.
segments-rfm-name = { $name ->
    [champions] Champions
    [loyal] Loyal
    [potential] Potential
    [new] New
    [promising] Promising
    [need_attention] Need attention
    [about_to_sleep] About to sleep
    [at_risk] At risk
    [cannot_lose] Cannot lose
    [hibernating] Hibernating
   *[lost] Lost
}
segments-rfm-meaning = { $name ->
    [champions] Came of late and come often.
    [loyal] Come often.
    [potential] Of late, now and then: they could become loyal.
    [new] Of late, and seldom so far.
    [promising] Rather of late, seldom.
    [need_attention] In the middle of everything.
    [about_to_sleep] Not of late, seldom.
    [at_risk] Came often, not of late.
    [cannot_lose] Came most often, not for long.
    [hibernating] Seldom, and long ago.
   *[lost] Seldom, and longest ago.
}
