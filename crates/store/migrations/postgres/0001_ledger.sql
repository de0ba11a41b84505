-- The ledger: accounts and what they have, the journal, the claims, the chain.
-- owner: store/ledger
create table account (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    member bigint not null,
    version bigint not null,
    enrolled_at bigint not null,
    next_at bigint,
    state text not null,
    primary key (bucket, tenant, account)
);
create index account_due on account (bucket, next_at) where next_at is not null;
create index account_member on account (tenant, member);

-- owner: store/ledger
create table balance (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    point_type bigint not null,
    available bigint not null,
    pending bigint not null,
    held bigint not null,
    primary key (bucket, tenant, account, point_type)
) with (fillfactor = 75);

-- owner: store/ledger
create table lot (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    lot_event bigint not null,
    lot_seq bigint not null,
    point_type bigint not null,
    kind smallint not null,
    earned_at bigint not null,
    expires_at bigint,
    release_at bigint,
    granted bigint not null,
    available bigint not null,
    pending bigint not null,
    held bigint not null,
    redeemed bigint not null,
    expired bigint not null,
    taken bigint not null,
    is_open smallint not null,
    primary key (bucket, tenant, account, lot_event, lot_seq)
) with (fillfactor = 75);
create index lot_open on lot (bucket, tenant, account) where is_open = 1;

-- owner: store/ledger
create table redemption (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    redemption bigint not null,
    state smallint not null,
    hold_until bigint not null,
    detail text not null,
    primary key (bucket, tenant, account, redemption)
);
create index redemption_open on redemption (bucket, tenant, account) where state = 1;

-- The journal's events. seq is the account's version after the event: the order in which an account's events were
-- decided, which the ids of two nodes cannot tell.
-- owner: store/ledger
create table event (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    event bigint not null,
    seq bigint not null,
    kind smallint not null,
    program bigint not null,
    source text not null,
    source_ref text not null,
    effective_at bigint not null,
    recorded_at bigint not null,
    actor text not null,
    import bigint,
    origin bigint,
    body_hash bytea not null,
    detail bytea not null,
    primary key (bucket, tenant, account, event),
    unique (bucket, tenant, account, source, source_ref, kind)
);
create index event_order on event (bucket, event);
create index event_origin on event (bucket, tenant, account, origin) where origin is not null;
create index event_import on event (tenant, import) where import is not null;

-- The journal's lines.
-- owner: store/ledger
create table entry (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    event bigint not null,
    position smallint not null,
    point_type bigint not null,
    side smallint not null,
    lot_event bigint,
    lot_seq bigint,
    points bigint not null,
    effective_at bigint not null,
    primary key (bucket, tenant, account, event, position)
);

-- Which account a receipt was credited to; the bucket is the hash's own, so that it can be looked up alone.
-- owner: store/ledger
create table claim (
    bucket smallint not null,
    tenant bigint not null,
    hash bytea not null,
    account bigint not null,
    event bigint not null,
    primary key (bucket, tenant, hash)
);

-- What is used of shared limits: budgets, stock, places.
-- owner: store/ledger
create table resource (
    tenant bigint not null,
    resource text not null,
    used bigint not null,
    primary key (tenant, resource)
) with (fillfactor = 75);

-- Sealed stretches of the journal, per bucket.
-- owner: store/chain
create table chain (
    bucket smallint not null,
    seq bigint not null,
    last_event bigint not null,
    count bigint not null,
    prev_hash bytea not null,
    hash bytea not null,
    sealed_at bigint not null,
    primary key (bucket, seq)
);

-- Guards: the owner itself may only add to the journal. A superuser stands above grants, so Lazo should connect as a
-- plain role; what somebody changes by other means is found by the chain and by `lazo verify`.
revoke update, delete, truncate on event, entry from current_user;
