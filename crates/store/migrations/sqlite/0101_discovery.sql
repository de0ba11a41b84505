-- Questions of the discovery that somebody decided to leave open, with the reason.
-- owner: discovery
create table discovery_waiver (
    tenant integer not null,
    question text not null,
    reason text not null,
    waived_by text not null,
    waived_at integer not null,
    primary key (tenant, question)
) strict, without rowid;

-- What each function thinks of a tactic.
-- owner: discovery
create table discovery_vote (
    tenant integer not null,
    tactic text not null,
    function text not null,
    vote integer not null,
    voted_by text not null,
    voted_at integer not null,
    primary key (tenant, tactic, function)
) strict, without rowid;

-- Forms that went to the client by a link that opens once; only the secret's hash is kept.
-- owner: discovery
create table discovery_form (
    hash blob not null primary key,
    tenant integer not null,
    register text not null,
    asked_by text not null,
    asked_at integer not null,
    expires_at integer not null,
    answered_at integer,
    answered_by text
) strict, without rowid;

-- Does a tenant ask that its discovery be complete before a program is built?
-- owner: discovery
create table discovery_policy (
    tenant integer not null primary key,
    demanded integer not null,
    set_by text not null,
    set_at integer not null
) strict, without rowid;
