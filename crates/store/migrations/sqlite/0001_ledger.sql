-- The ledger: accounts and what they have, the journal, the claims, the chain.
-- owner: store/ledger
create table account (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    member integer not null,
    version integer not null,
    enrolled_at integer not null,
    next_at integer,
    state text not null,
    primary key (bucket, tenant, account)
) strict, without rowid;
create index account_due on account (bucket, next_at) where next_at is not null;
create index account_member on account (tenant, member);

-- owner: store/ledger
create table balance (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    point_type integer not null,
    available integer not null,
    pending integer not null,
    held integer not null,
    primary key (bucket, tenant, account, point_type)
) strict, without rowid;

-- owner: store/ledger
create table lot (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    lot_event integer not null,
    lot_seq integer not null,
    point_type integer not null,
    kind integer not null,
    earned_at integer not null,
    expires_at integer,
    release_at integer,
    granted integer not null,
    available integer not null,
    pending integer not null,
    held integer not null,
    redeemed integer not null,
    expired integer not null,
    taken integer not null,
    is_open integer not null,
    primary key (bucket, tenant, account, lot_event, lot_seq)
) strict, without rowid;
create index lot_open on lot (bucket, tenant, account) where is_open = 1;

-- owner: store/ledger
create table redemption (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    redemption integer not null,
    state integer not null,
    hold_until integer not null,
    detail text not null,
    primary key (bucket, tenant, account, redemption)
) strict, without rowid;
create index redemption_open on redemption (bucket, tenant, account) where state = 1;

-- The journal's events. seq is the account's version after the event: the order in which an account's events were
-- decided, which the ids of two nodes cannot tell.
-- owner: store/ledger
create table event (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    event integer not null,
    seq integer not null,
    kind integer not null,
    program integer not null,
    source text not null,
    source_ref text not null,
    effective_at integer not null,
    recorded_at integer not null,
    actor text not null,
    import integer,
    origin integer,
    body_hash blob not null,
    detail blob not null,
    primary key (bucket, tenant, account, event),
    unique (bucket, tenant, account, source, source_ref, kind)
) strict, without rowid;
create index event_order on event (bucket, event);
create index event_origin on event (bucket, tenant, account, origin) where origin is not null;
create index event_import on event (tenant, import) where import is not null;

-- The journal's lines.
-- owner: store/ledger
create table entry (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    event integer not null,
    position integer not null,
    point_type integer not null,
    side integer not null,
    lot_event integer,
    lot_seq integer,
    points integer not null,
    effective_at integer not null,
    primary key (bucket, tenant, account, event, position)
) strict, without rowid;

-- Which account a receipt was credited to; the bucket is the hash's own, so that it can be looked up alone.
-- owner: store/ledger
create table claim (
    bucket integer not null,
    tenant integer not null,
    hash blob not null,
    account integer not null,
    event integer not null,
    primary key (bucket, tenant, hash)
) strict, without rowid;

-- What is used of shared limits: budgets, stock, places.
-- owner: store/ledger
create table resource (
    tenant integer not null,
    resource text not null,
    used integer not null,
    primary key (tenant, resource)
) strict, without rowid;

-- Sealed stretches of the journal, per bucket.
-- owner: store/chain
create table chain (
    bucket integer not null,
    seq integer not null,
    last_event integer not null,
    count integer not null,
    prev_hash blob not null,
    hash blob not null,
    sealed_at integer not null,
    primary key (bucket, seq)
) strict, without rowid;

-- Guards: what is in the journal stays as it is.
create trigger event_no_update before update on event begin select raise(abort, 'the journal is only ever added to'); end;
create trigger event_no_delete before delete on event begin select raise(abort, 'the journal is only ever added to'); end;
create trigger entry_no_update before update on entry begin select raise(abort, 'the journal is only ever added to'); end;
create trigger entry_no_delete before delete on entry begin select raise(abort, 'the journal is only ever added to'); end;
