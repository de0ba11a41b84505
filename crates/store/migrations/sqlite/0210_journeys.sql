-- Letters to one person outside of any campaign. The first key is what makes a letter one.
-- owner: campaigns
create table single_letter (
    tenant integer not null,
    -- What it belongs to, such as a journey; which time somebody is in it; and where in it.
    origin integer not null,
    member integer not null,
    entry integer not null,
    step text not null,
    letter integer not null,
    program integer not null,
    purpose text not null,
    -- Does it only tell of the membership? Then it needs no consent, only that nobody refused.
    service integer not null,
    -- 'ready', 'handing', 'sent', 'bounced', 'withheld'.
    state text not null,
    reason text not null,
    asked_at integer not null,
    leased_until integer not null,
    attempts integer not null,
    handed_at integer,
    sent_at integer,
    bounced_at integer,
    complained_at integer,
    unsubscribed_at integer,
    token_hash blob not null,
    -- Was it useful? 'yes', 'no', or nothing said.
    answer text,
    answered_at integer,
    primary key (tenant, origin, member, entry, step)
) strict, without rowid;
create unique index single_letter_name on single_letter (tenant, letter);
create unique index single_letter_token on single_letter (token_hash);
create index single_letter_contact on single_letter (tenant, member, handed_at) where handed_at is not null;

-- Journeys: who walks them, in which steps and to which goal, and who agreed to it.
-- owner: journeys
create table journey (
    tenant integer not null,
    journey integer not null,
    program integer not null,
    name text not null,
    state text not null,
    -- Entry, steps and goal, as JSON.
    plan text not null,
    -- The audience's condition as it was when somebody was asked to agree; empty without one.
    condition text not null,
    -- Journeys of one group have nobody in common at a time; the higher rank goes first.
    party text not null,
    rank integer not null,
    -- The share that gets no letter, in ten-thousandths, and what draws it.
    holdout integer not null,
    seed integer not null,
    secret blob not null,
    author text not null,
    authors text not null,
    created_at integer not null,
    changed_at integer not null,
    submitted_at integer,
    approved_by text,
    published_at integer,
    ended_at integer,
    -- The local day for which members are looked through, and how far.
    scan_day integer not null,
    scan_to integer not null,
    -- The same for who is under way.
    look_day integer not null,
    look_to integer not null,
    revision integer not null,
    primary key (tenant, journey)
) strict, without rowid;
create index journey_state on journey (state);

-- What was said about a journey, and each word for or against it.
-- owner: journeys
create table journey_word (
    tenant integer not null,
    journey integer not null,
    word integer not null,
    author text not null,
    at integer not null,
    verdict text,
    body text not null,
    primary key (tenant, journey, word)
) strict, without rowid;

-- Everybody who entered a journey, once for each local day.
-- owner: journeys
create table journey_run (
    tenant integer not null,
    journey integer not null,
    member integer not null,
    entry integer not null,
    account integer not null,
    -- 'treated', 'holdout' or 'universal'.
    arm text not null,
    -- 'waiting', 'done' or 'left', with the reason of the last.
    state text not null,
    reason text not null,
    -- The step stood at, when it was planned for, and when it is looked at again.
    step integer not null,
    planned_at integer not null,
    look_at integer not null,
    entered_at integer not null,
    -- What counted towards the goal on the day of the entry already.
    base integer not null,
    -- May the goal still be reached? And when it was.
    open integer not null,
    goal_at integer,
    ended_at integer,
    primary key (tenant, journey, member, entry)
) strict, without rowid;
create index journey_run_due on journey_run (tenant, journey, look_at) where state = 'waiting';
create index journey_run_open on journey_run (tenant, journey, member) where open = 1;

-- The steps that somebody has behind.
-- owner: journeys
create table journey_pass (
    tenant integer not null,
    journey integer not null,
    member integer not null,
    entry integer not null,
    step text not null,
    -- What came of it: 'sent', 'kept', 'waited', 'yes', 'no', or why a letter did not leave.
    outcome text not null,
    at integer not null,
    primary key (tenant, journey, member, entry, step)
) strict, without rowid;

-- Who is under way in a group of journeys: one of them at a time.
-- owner: journeys
create table journey_place (
    tenant integer not null,
    party text not null,
    member integer not null,
    journey integer not null,
    entry integer not null,
    rank integer not null,
    primary key (tenant, party, member)
) strict, without rowid;
