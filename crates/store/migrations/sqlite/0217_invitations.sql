-- Invitations: members bring others, each of whom is somebody's once, and both earn by the program's rules.

-- How a tenant's invitations work; without a row there are none.
-- owner: invitations
create table invitation_policy (
    tenant integer not null primary key,
    is_open integer not null,
    -- How many a member may bring within thirty days and be rewarded for.
    max_a_month integer not null,
    -- From how many on of one network address within a week they wait for a person's word.
    held_from integer not null,
    -- Is the reward taken back when the purchase is?
    takes_back integer not null,
    -- What addresses are hashed with.
    secret blob not null
) strict, without rowid;

-- The word in a member's link. It is shown to whoever gets the link, and tells nothing but that.
-- owner: invitations
create table invitation_code (
    tenant integer not null,
    member integer not null,
    code text not null,
    primary key (tenant, member)
) strict, without rowid;
create unique index invitation_code_word on invitation_code (tenant, code);

-- Who came by whose link, once for ever, and how far the reward has come.
-- owner: invitations
create table invitation (
    tenant integer not null,
    invitation integer not null,
    program integer not null,
    inviter integer not null,
    invited integer not null,
    -- The folded address of who came, keyed: the same person comes once, under whatever spelling.
    invited_hash blob not null,
    -- The network address, keyed; forgotten after thirty days.
    from_hash blob,
    -- 'waiting', 'held', 'over_limit', 'paying', 'paid', 'taking_back', 'taken_back', 'refused' or 'lapsed'.
    state text not null,
    reason text not null,
    joined_at integer not null,
    -- When it is looked at next, by the real clock; absent when nothing more can happen by itself.
    next_at integer,
    -- The first purchase, and what was posted for it.
    purchase integer,
    paid_at integer,
    inviter_event integer,
    invited_event integer,
    taken_back_at integer,
    revision integer not null,
    primary key (tenant, invitation)
) strict, without rowid;
create unique index invitation_invited on invitation (tenant, invited);
create unique index invitation_person on invitation (tenant, invited_hash);
create index invitation_inviter on invitation (tenant, inviter, joined_at);
create index invitation_from on invitation (tenant, from_hash, joined_at) where from_hash is not null;
create index invitation_next on invitation (next_at) where next_at is not null;
