-- Missions: the first steps of a new member, each done once, with the points that the program's rules give for it.

-- How a tenant's missions work; without a row there are none.
-- owner: missions
create table mission_policy (
    tenant bigint not null primary key,
    is_open bigint not null,
    -- Which share of new members sees none, to compare with, in ten-thousandths.
    holdout bigint not null,
    -- Seeds the drawing of that share.
    seed bigint not null,
    -- Whoever enrolled before is no new member.
    started_at bigint not null,
    -- What people are known again by, when they come back as somebody new.
    secret bytea not null
);

-- A new member who came upon missions, and whether he or she sees them.
-- owner: missions
create table mission_offer (
    tenant bigint not null,
    member bigint not null,
    account bigint not null,
    program bigint not null,
    -- 'shown' or 'holdout'.
    arm text not null,
    offered_at bigint not null,
    -- The local day of that instant.
    day bigint not null,
    -- When the card was opened first.
    card_at bigint,
    primary key (tenant, member)
);
create index mission_offer_day on mission_offer (tenant, arm, day);

-- A step that was done: once for a member, and once for a person.
-- owner: missions
create table mission_step (
    tenant bigint not null,
    member bigint not null,
    mission text not null,
    program bigint not null,
    done_at bigint not null,
    -- The folded address, keyed; absent where nobody knows one.
    person bytea,
    -- 'posting', 'posted', 'refused' or 'before': done by the same person as a former member.
    state text not null,
    event bigint,
    primary key (tenant, member, mission)
);
create unique index mission_step_person on mission_step (tenant, mission, person) where person is not null;
create index mission_step_posting on mission_step (done_at) where state = 'posting';

-- The reward that a member saves for.
-- owner: missions
create table member_goal (
    tenant bigint not null,
    member bigint not null,
    program bigint not null,
    reward text not null,
    chosen_at bigint not null,
    primary key (tenant, member)
);

-- What a member would rather have, as he or she said it.
-- owner: missions
create table member_taste (
    tenant bigint not null,
    member bigint not null,
    reward text not null,
    chosen_at bigint not null,
    primary key (tenant, member, reward)
);
