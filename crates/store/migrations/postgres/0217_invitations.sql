-- Invitations: members bring others, each of whom is somebody's once, and both earn by the program's rules.

-- How a tenant's invitations work; without a row there are none.
-- owner: invitations
create table invitation_policy (
    tenant bigint not null primary key,
    is_open bigint not null,
    -- How many a member may bring within thirty days and be rewarded for.
    max_a_month bigint not null,
    -- From how many on of one network address within a week they wait for a person's word.
    held_from bigint not null,
    -- Is the reward taken back when the purchase is?
    takes_back bigint not null,
    -- What addresses are hashed with.
    secret bytea not null
);

-- The word in a member's link. It is shown to whoever gets the link, and tells nothing but that.
-- owner: invitations
create table invitation_code (
    tenant bigint not null,
    member bigint not null,
    code text not null,
    primary key (tenant, member)
);
create unique index invitation_code_word on invitation_code (tenant, code);

-- Who came by whose link, once for ever, and how far the reward has come.
-- owner: invitations
create table invitation (
    tenant bigint not null,
    invitation bigint not null,
    program bigint not null,
    inviter bigint not null,
    invited bigint not null,
    -- The folded address of who came, keyed: the same person comes once, under whatever spelling.
    invited_hash bytea not null,
    -- The network address, keyed; forgotten after thirty days.
    from_hash bytea,
    -- 'waiting', 'held', 'over_limit', 'paying', 'paid', 'taking_back', 'taken_back', 'refused' or 'lapsed'.
    state text not null,
    reason text not null,
    joined_at bigint not null,
    -- When it is looked at next, by the real clock; absent when nothing more can happen by itself.
    next_at bigint,
    -- The first purchase, and what was posted for it.
    purchase bigint,
    paid_at bigint,
    inviter_event bigint,
    invited_event bigint,
    taken_back_at bigint,
    revision bigint not null,
    primary key (tenant, invitation)
);
create unique index invitation_invited on invitation (tenant, invited);
create unique index invitation_person on invitation (tenant, invited_hash);
create index invitation_inviter on invitation (tenant, inviter, joined_at);
create index invitation_from on invitation (tenant, from_hash, joined_at) where from_hash is not null;
create index invitation_next on invitation (next_at) where next_at is not null;
