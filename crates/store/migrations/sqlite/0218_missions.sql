-- Missions: the first steps of a new member, each done once, with the points that the program's rules give for it.

-- How a tenant's missions work; without a row there are none.
-- owner: missions
create table mission_policy (
    tenant integer not null primary key,
    is_open integer not null,
    -- Which share of new members sees none, to compare with, in ten-thousandths.
    holdout integer not null,
    -- Seeds the drawing of that share.
    seed integer not null,
    -- Whoever enrolled before is no new member.
    started_at integer not null,
    -- What people are known again by, when they come back as somebody new.
    secret blob not null
) strict, without rowid;

-- A new member who came upon missions, and whether he or she sees them.
-- owner: missions
create table mission_offer (
    tenant integer not null,
    member integer not null,
    account integer not null,
    program integer not null,
    -- 'shown' or 'holdout'.
    arm text not null,
    offered_at integer not null,
    -- The local day of that instant.
    day integer not null,
    -- When the card was opened first.
    card_at integer,
    primary key (tenant, member)
) strict, without rowid;
create index mission_offer_day on mission_offer (tenant, arm, day);

-- A step that was done: once for a member, and once for a person.
-- owner: missions
create table mission_step (
    tenant integer not null,
    member integer not null,
    mission text not null,
    program integer not null,
    done_at integer not null,
    -- The folded address, keyed; absent where nobody knows one.
    person blob,
    -- 'posting', 'posted', 'refused' or 'before': done by the same person as a former member.
    state text not null,
    event integer,
    primary key (tenant, member, mission)
) strict, without rowid;
create unique index mission_step_person on mission_step (tenant, mission, person) where person is not null;
create index mission_step_posting on mission_step (done_at) where state = 'posting';

-- The reward that a member saves for.
-- owner: missions
create table member_goal (
    tenant integer not null,
    member integer not null,
    program integer not null,
    reward text not null,
    chosen_at integer not null,
    primary key (tenant, member)
) strict, without rowid;

-- What a member would rather have, as he or she said it.
-- owner: missions
create table member_taste (
    tenant integer not null,
    member integer not null,
    reward text not null,
    chosen_at integer not null,
    primary key (tenant, member, reward)
) strict, without rowid;
