# The client's home.
workspace-lead = What needs you, how things stand and whom to call.
workspace-needs = Needs somebody
workspace-nothing = Nothing is waiting.
workspace-late = Late:
workspace-requests = Open requests
workspace-no-requests = Nothing is open.
workspace-ask = Ask something
workspace-contact = Your contact
workspace-stands-in = Stands in for { $who }, who is away
workspace-next-meeting = Next meeting
workspace-no-meeting = None is called.
workspace-people = People
workspace-people-lead = Who is on which side, does what, and who stands in.
workspace-change-people = Change
workspace-nobody = Nobody yet.
workspace-away = Away
workspace-digest = Today
workspace-digest-lead = What happened on { $day }. In the morning it goes out by mail to those who want it.
workspace-digest-needs = Needs somebody
workspace-digest-changed = What changed
workspace-digest-did = What we did
workspace-digest-none = Nothing.
workspace-digest-subject = { $client }: { $day }
workspace-digest-hello = { $name }, this is { $day } at { $client }.
workspace-lights = Objectives
workspace-no-objectives = There are no objectives with an indicator yet.
workspace-phone = Phone
workspace-deputy = Deputy
workspace-away-until = Away until
workspace-wants-digest = Wants the daily mail
workspace-save = Save
workspace-side = Side
workspace-duty = What they do
workspace-side-client = Client
workspace-side-partner = Agency
workspace-more = { $n ->
    [one] And one thing more.
   *[other] And more: the console shows all of it.
}
workspace-duty-account-manager = Account manager
workspace-duty-deputy = Deputy
workspace-duty-strategist = Strategist
workspace-duty-analyst = Analyst
workspace-duty-designer = Designer
workspace-duty-engineer = Engineer
workspace-duty-sponsor = Sponsor
workspace-duty-program-manager = Program manager
workspace-duty-finance = Finance
workspace-duty-legal = Legal
workspace-duty-support = Support
workspace-light-on = On track
workspace-light-at-risk = At risk
workspace-light-off = Off track
workspace-light-unknown = No reading
workspace-need-draft = Publish the draft of { $what }
workspace-need-signature = Signatures missing: { $what }
workspace-need-approval = Approval: { $what }
workspace-need-release = Release: { $what }
workspace-need-measure = Measure: { $what }
workspace-need-answer = Answer: { $what }
workspace-need-work = Under way: { $what }
workspace-need-action = Action: { $what }
workspace-need-question = Discovery: { $what }
workspace-need-competitor = Look at { $what } again
workspace-deed-added = { $n ->
    [one] { $who } wrote something down
   *[other] { $who } wrote { $number } things down
}
workspace-deed-changed = { $n ->
    [one] { $who } changed an entry
   *[other] { $who } changed { $number } entries
}
workspace-deed-removed = { $n ->
    [one] { $who } removed an entry
   *[other] { $who } removed { $number } entries
}
workspace-deed-voted = { $n ->
    [one] { $who } gave a vote
   *[other] { $who } gave { $number } votes
}
workspace-deed-waived = { $n ->
    [one] { $who } left a question open
   *[other] { $who } left { $number } questions open
}
workspace-deed-form = { $n ->
    [one] { $who } sent a form
   *[other] { $who } sent { $number } forms
}
workspace-deed-signed = { $n ->
    [one] { $who } signed once
   *[other] { $who } signed { $number } times
}
workspace-deed-published = { $n ->
    [one] { $who } published a version
   *[other] { $who } published { $number } versions
}
workspace-deed-withdrawn = { $n ->
    [one] { $who } discarded a draft
   *[other] { $who } discarded { $number } drafts
}
workspace-deed-asked = { $n ->
    [one] { $who } opened a request
   *[other] { $who } opened { $number } requests
}
workspace-deed-answered = { $n ->
    [one] { $who } wrote on a request
   *[other] { $who } wrote { $number } times on requests
}
workspace-deed-linked = { $n ->
    [one] { $who } computed the impact of a change
   *[other] { $who } computed the impact of { $number } changes
}
workspace-deed-decided = { $n ->
    [one] { $who } decided on a change
   *[other] { $who } decided on { $number } changes
}
workspace-deed-released = { $n ->
    [one] { $who } released a requested change
   *[other] { $who } released { $number } requested changes
}
workspace-deed-measured = { $n ->
    [one] { $who } measured a change
   *[other] { $who } measured { $number } changes
}
workspace-deed-closed = { $n ->
    [one] { $who } closed a request
   *[other] { $who } closed { $number } requests
}
workspace-deed-escalated = { $n ->
    [one] A request was escalated for being late
   *[other] { $number } requests were escalated for being late
}
workspace-deed-other = { $n ->
    [one] { $who }: { $action }
   *[other] { $who }: { $action }, { $number } times
}
workspace-deed-baseline = { $who } froze the reference indicators
workspace-need-limit = Limit nearly reached: { $what }
workspace-need-over = Limit exceeded: { $what }
workspace-deed-sorted = { $n ->
    [one] { $who } sorted a request
   *[other] { $who } sorted { $number } requests
}
workspace-deed-gate = { $n ->
    [one] { $who } changed what publishing demands
   *[other] { $who } changed what publishing demands { $number } times
}
workspace-deed-placed = { $n ->
    [one] { $who } placed a person
   *[other] { $who } placed { $number } people
}
workspace-deed-forecast = { $n ->
    [one] { $who } kept a forecast
   *[other] { $who } kept { $number } forecasts
}
workspace-deed-verified = { $n ->
    [one] { $who } verified an integration point
   *[other] { $who } verified { $number } integration points
}
workspace-deed-key = { $n ->
    [one] { $who } made an API key
   *[other] { $who } made { $number } API keys
}
