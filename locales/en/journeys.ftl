# Journeys: what each member hears on the way, and what it leads to. The keys journeys-letter-… are the templates' letters.
journeys-lead = What each member gets at the right moment, from the welcome to the winning back, and what it leads to.
journeys-new = New journey
journeys-none = There is no journey yet. Begin with the welcome: nobody gets it before a second person agrees.
journeys-under-way = { $waiting } under way of { $entered } who entered
journeys-state-draft = Draft
journeys-state-in-approval = To approve
journeys-state-published = Running
journeys-state-paused = Paused
journeys-state-ended = Ended
journeys-published-at = Running since { $at }
journeys-told = By { $who } · { $share } % are left alone to compare with.
journeys-group-told = Group { $group }, priority { $priority }: a member walks one of the group at a time.
journeys-submit = Ask for approval
journeys-edit = Change
journeys-edit-again = A change makes it a draft again, to be approved anew.
journeys-second-person = A second person approves: whoever writes it does not.
journeys-decide-lead = Look at who enters, what they get and what is hoped for. With your word it begins.
journeys-approve = Approve and begin
journeys-paused = Paused: nobody enters and no letter leaves.
journeys-pause = Pause
journeys-resume = Go on
journeys-end = End the journey
journeys-end-lead = Nobody enters any more, and whoever is under way leaves. It cannot begin again.
journeys-end-do = End it
journeys-another = Make another one from it
journeys-results = What happened
journeys-entered = Entered
journeys-waiting = Under way
journeys-reached = Reached the goal
journeys-done = Walked all of it
journeys-left = Left before:
journeys-why-goal = reached the goal
journeys-why-consent = took the consent back
journeys-why-suspended = suspended
journeys-why-gone = no longer members
journeys-why-outranked = went over to another journey
journeys-why-ended = the journey ended
journeys-effect = What changed
journeys-effect-lead = Those who have had all their days are compared; each member counts once.
journeys-no-holdout = Nobody was left alone: what would have happened without the journey cannot be said.
journeys-ratio-broken = The groups do not have the sizes that chance gives. Something took people out of one of them: no result is read.
journeys-difference = The difference is { $estimate } percentage points, between { $low } and { $high } with 95 % confidence.
journeys-still-open = { $n ->
    [one] One person still has days ahead.
   *[other] { $open } people still have days ahead.
}
journeys-arm-treated = With letters
journeys-arm-holdout = Left alone
journeys-arm-universal = Never get anything
journeys-arm-treated-told = With letters { $share } % reach the goal: { $reached } of { $people }.
journeys-arm-holdout-told = Without them { $share } %: { $reached } of { $people }.
journeys-steps = The steps
journeys-steps-hint = Each step’s number gives its place. Open one to change it; at the end there is room for more.
journeys-again-told = One may enter again after { $days } days.
journeys-entered-told = { $count } entered
journeys-goal-lead = Whoever reaches it leaves the journey.
journeys-step-wait-told = { $n ->
    [one] Wait for a day
   *[other] Wait for { $days } days
}
journeys-step-branch-told = Goes on for whom this holds
journeys-step-branch-otherwise = Everybody else goes to: { $step }
journeys-service = tells of the membership: needs no consent
journeys-asks = asks whether it was useful
journeys-count-waiting = { $count } here
journeys-count-sent = { $count } letters handed to the mail
journeys-count-kept = { $count } left alone, without a letter
journeys-count-yes = { $count } went on
journeys-count-no = { $count } went to the other step
journeys-count-waited = { $count } went on
journeys-count-left = { $count } left here
journeys-count-unsubscribed = { $count } left the list by it
journeys-useful = Useful to { $share } % of those who answered ({ $useful } of { $answers })
journeys-people-title = People of the journey
journeys-people-lead = The rows behind each figure: when everybody entered, in which group, and where they are.
journeys-member = Member
journeys-arm = Group
journeys-where = Where they are
journeys-stands = { $step }, until { $at }
journeys-filter = Which people
journeys-everybody = Everybody
journeys-nobody = Nobody here.
journeys-choose-lead = Choose where to begin. A template’s letters are a draft: change them as you like.
journeys-from-nothing = From nothing
journeys-form-lead = Keeping it sends nothing. Then a second person agrees, and with that it begins.
journeys-wrong = This is missing.
journeys-entry = Who enters
journeys-entry-enrolled = Who joins
journeys-entry-first-purchase = Who buys for the first time
journeys-entry-near-reward = Who lacks little to a reward
journeys-entry-near-reward-told = Who lacks { $missing } points or fewer to a reward
journeys-entry-near-tier = Who lacks little to the next tier
journeys-entry-near-tier-told = Who lacks { $missing } or less to the next tier
journeys-entry-expiring = Whose points expire soon
journeys-entry-expiring-told = Who has { $points } points or more that expire within { $days } days
journeys-entry-silent = Who has not bought for a while
journeys-entry-silent-told = Who has not bought for { $days } days or more
journeys-entry-silent-until = Who has not bought for { $days } to { $until } days
journeys-entry-segment = Who is in an audience
journeys-entry-segment-told = Who is in the audience “{ $name }”
journeys-segment = Audience
journeys-no-segment = None
journeys-missing = How much is missing at most
journeys-days = Days
journeys-until = For how many days without a purchase at most
journeys-points = Points that expire, at least
journeys-again = Enters again after … days
journeys-goal = Goal
journeys-goal-purchases = That they buy
journeys-goal-purchases-told = { $n ->
    [one] Goal: one purchase within { $days } days.
   *[other] Goal: { $count } purchases within { $days } days.
}
journeys-goal-redemption = That they redeem
journeys-goal-redemption-told = Goal: a redemption within { $days } days.
journeys-goal-count = How many purchases
journeys-goal-days = Within how many days
journeys-group = Group
journeys-priority = Priority (0 to 100)
journeys-step = { $number }. { $kind } · { $code }
journeys-step-letter = Letter
journeys-step-wait = Wait
journeys-step-branch = Branch
journeys-step-none = Nothing
journeys-step-more = Add a step
journeys-step-gone = Take this step away
journeys-kind = What it is
journeys-place = Place
journeys-code = Short name (a-z, 0-9 and -)
journeys-wait-days = Days to wait
journeys-condition = Condition
journeys-otherwise = Everybody else goes to (a later step, or end)
journeys-service-tick = Only tells of the membership: leaves without consent to offers
journeys-asks-tick = Ask at the end whether it was useful
journeys-template-welcome = Welcome
journeys-template-welcome-told = On joining, and after 3, 10 and 30 days. Goal: the second purchase.
journeys-template-near-reward = Near a reward
journeys-template-near-reward-told = When few points are missing. Goal: a redemption.
journeys-template-near-tier = Near the next tier
journeys-template-near-tier-told = When little is missing to step up. Goal: a purchase.
journeys-template-expiring = Expiring points
journeys-template-expiring-told = A month before and in the last days. Goal: a redemption.
journeys-template-at-risk = At risk
journeys-template-at-risk-told = After 45 days without a purchase. Goal: a purchase.
journeys-template-win-back = Win back
journeys-template-win-back-told = After 90 days without a purchase. Goal: a purchase.
journeys-letter-welcome-welcome-subject = Welcome to { "{{program}}" }
journeys-letter-welcome-welcome-body =
    You are in: from today on your purchases at { "{{brand}}" } earn points, and points turn into things worth having.

    The next step is simple: when you buy again, say your e-mail address at the till.
journeys-letter-welcome-welcome-button = See what you can get
journeys-letter-welcome-how-to-earn-subject = This is how your points add up
journeys-letter-welcome-how-to-earn-body =
    Every purchase counts. How much is written in { "{{program}}" }, without small print.

    You have { "{{points}}" } points now.
journeys-letter-welcome-how-to-earn-button = How it works
journeys-letter-welcome-first-reward-subject = Your first reward is nearer than it looks
journeys-letter-welcome-first-reward-body =
    You have { "{{points}}" } points. There are rewards to begin with soon, and each says how much you still need.

    Choose one and go for it.
journeys-letter-welcome-first-reward-button = Choose my reward
journeys-letter-welcome-check-in-subject = A month already. How is it going?
journeys-letter-welcome-check-in-body =
    You joined { "{{program}}" } a month ago, and you have { "{{points}}" } points.

    It helps us to know whether what we write is of use to you: below you can say so with one tap.
journeys-letter-welcome-check-in-button = See my rewards
journeys-letter-near-reward-nearly-there-subject = You are very close to your reward
journeys-letter-near-reward-nearly-there-body =
    You have { "{{points}}" } points: one more purchase, and you are there.

    See exactly how much you need for each reward.
journeys-letter-near-reward-nearly-there-button = See what I need
journeys-letter-near-tier-next-step-subject = One step from the next tier
journeys-letter-near-tier-next-step-body =
    You are very close to stepping up in { "{{program}}" }.

    See what is missing and what it brings you.
journeys-letter-near-tier-next-step-button = See my tier
journeys-letter-expiring-a-month-left-subject = Some of your points expire this month
journeys-letter-expiring-a-month-left-body =
    You have { "{{points}}" } points, and some of them expire within the next 30 days.

    Do not let them go: see what you can get with them.
journeys-letter-expiring-a-month-left-button = Use my points
journeys-letter-expiring-last-days-subject = Last days to use your points
journeys-letter-expiring-last-days-body =
    Some of your { "{{points}}" } points expire in a few days.

    There is still time.
journeys-letter-expiring-last-days-button = Use my points
journeys-letter-at-risk-we-miss-you-subject = We have not seen you for a while
journeys-letter-at-risk-we-miss-you-body =
    Some weeks have gone by since your last visit to { "{{brand}}" }.

    Your { "{{points}}" } points are still here, and there are new things to discover.
journeys-letter-at-risk-we-miss-you-button = See what is new
journeys-letter-at-risk-your-points-subject = Your { "{{points}}" } points are waiting
journeys-letter-at-risk-your-points-body =
    You can use them whenever you like, on your next visit.

    See what is within your reach already.
journeys-letter-at-risk-your-points-button = What I can get
journeys-letter-win-back-come-back-subject = We would like to see you again
journeys-letter-win-back-come-back-body =
    You have not come by { "{{brand}}" } for months, and we miss you.

    Your { "{{program}}" } account is still open, with { "{{points}}" } points.
journeys-letter-win-back-come-back-button = See my account
journeys-letter-win-back-last-word-subject = Shall we stay in touch?
journeys-letter-win-back-last-word-body =
    If { "{{program}}" } is still of interest to you, we are here.

    And if you would rather not hear from us any more, you can say so at the foot of this letter.
journeys-letter-win-back-last-word-button = Come back
