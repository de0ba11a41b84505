-- Letters to one person outside of any campaign. The first key is what makes a letter one.
-- owner: campaigns
create table single_letter (
    tenant bigint not null,
    -- What it belongs to, such as a journey; which time somebody is in it; and where in it.
    origin bigint not null,
    member bigint not null,
    entry bigint not null,
    step text not null,
    letter bigint not null,
    program bigint not null,
    purpose text not null,
    -- Does it only tell of the membership? Then it needs no consent, only that nobody refused.
    service bigint not null,
    -- 'ready', 'handing', 'sent', 'bounced', 'withheld'.
    state text not null,
    reason text not null,
    asked_at bigint not null,
    leased_until bigint not null,
    attempts bigint not null,
    handed_at bigint,
    sent_at bigint,
    bounced_at bigint,
    complained_at bigint,
    unsubscribed_at bigint,
    token_hash bytea not null,
    -- Was it useful? 'yes', 'no', or nothing said.
    answer text,
    answered_at bigint,
    primary key (tenant, origin, member, entry, step)
);
create unique index single_letter_name on single_letter (tenant, letter);
create unique index single_letter_token on single_letter (token_hash);
create index single_letter_contact on single_letter (tenant, member, handed_at) where handed_at is not null;

-- Journeys: who walks them, in which steps and to which goal, and who agreed to it.
-- owner: journeys
create table journey (
    tenant bigint not null,
    journey bigint not null,
    program bigint not null,
    name text not null,
    state text not null,
    -- Entry, steps and goal, as JSON.
    plan text not null,
    -- The audience's condition as it was when somebody was asked to agree; empty without one.
    condition text not null,
    -- Journeys of one group have nobody in common at a time; the higher rank goes first.
    party text not null,
    rank bigint not null,
    -- The share that gets no letter, in ten-thousandths, and what draws it.
    holdout bigint not null,
    seed bigint not null,
    secret bytea not null,
    author text not null,
    authors text not null,
    created_at bigint not null,
    changed_at bigint not null,
    submitted_at bigint,
    approved_by text,
    published_at bigint,
    ended_at bigint,
    -- The local day for which members are looked through, and how far.
    scan_day bigint not null,
    scan_to bigint not null,
    -- The same for who is under way.
    look_day bigint not null,
    look_to bigint not null,
    revision bigint not null,
    primary key (tenant, journey)
);
create index journey_state on journey (state);

-- What was said about a journey, and each word for or against it.
-- owner: journeys
create table journey_word (
    tenant bigint not null,
    journey bigint not null,
    word bigint not null,
    author text not null,
    at bigint not null,
    verdict text,
    body text not null,
    primary key (tenant, journey, word)
);

-- Everybody who entered a journey, once for each local day.
-- owner: journeys
create table journey_run (
    tenant bigint not null,
    journey bigint not null,
    member bigint not null,
    entry bigint not null,
    account bigint not null,
    -- 'treated', 'holdout' or 'universal'.
    arm text not null,
    -- 'waiting', 'done' or 'left', with the reason of the last.
    state text not null,
    reason text not null,
    -- The step stood at, when it was planned for, and when it is looked at again.
    step bigint not null,
    planned_at bigint not null,
    look_at bigint not null,
    entered_at bigint not null,
    -- What counted towards the goal on the day of the entry already.
    base bigint not null,
    -- May the goal still be reached? And when it was.
    open bigint not null,
    goal_at bigint,
    ended_at bigint,
    primary key (tenant, journey, member, entry)
);
create index journey_run_due on journey_run (tenant, journey, look_at) where state = 'waiting';
create index journey_run_open on journey_run (tenant, journey, member) where open = 1;

-- The steps that somebody has behind.
-- owner: journeys
create table journey_pass (
    tenant bigint not null,
    journey bigint not null,
    member bigint not null,
    entry bigint not null,
    step text not null,
    -- What came of it: 'sent', 'kept', 'waited', 'yes', 'no', or why a letter did not leave.
    outcome text not null,
    at bigint not null,
    primary key (tenant, journey, member, entry, step)
);

-- Who is under way in a group of journeys: one of them at a time.
-- owner: journeys
create table journey_place (
    tenant bigint not null,
    party text not null,
    member bigint not null,
    journey bigint not null,
    entry bigint not null,
    rank bigint not null,
    primary key (tenant, party, member)
);
