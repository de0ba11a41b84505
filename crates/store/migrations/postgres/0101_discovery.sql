-- Questions of the discovery that somebody decided to leave open, with the reason.
-- owner: discovery
create table discovery_waiver (
    tenant bigint not null,
    question text not null,
    reason text not null,
    waived_by text not null,
    waived_at bigint not null,
    primary key (tenant, question)
);

-- What each function thinks of a tactic.
-- owner: discovery
create table discovery_vote (
    tenant bigint not null,
    tactic text not null,
    function text not null,
    vote bigint not null,
    voted_by text not null,
    voted_at bigint not null,
    primary key (tenant, tactic, function)
);

-- Forms that went to the client by a link that opens once; only the secret's hash is kept.
-- owner: discovery
create table discovery_form (
    hash bytea not null primary key,
    tenant bigint not null,
    register text not null,
    asked_by text not null,
    asked_at bigint not null,
    expires_at bigint not null,
    answered_at bigint,
    answered_by text
);

-- Does a tenant ask that its discovery be complete before a program is built?
-- owner: discovery
create table discovery_policy (
    tenant bigint not null primary key,
    demanded bigint not null,
    set_by text not null,
    set_at bigint not null
);
