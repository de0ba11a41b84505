-- Work around the ledger: node numbers, outbox, jobs, answers already given.
-- owner: store/ids
create table node (
    node integer not null primary key,
    holder text not null,
    leased_until integer not null
) strict, without rowid;

-- What the outside should hear of, written with what it tells of.
-- owner: store/outbox
create table outbox (
    bucket integer not null,
    tenant integer not null,
    event integer not null,
    position integer not null,
    account integer not null,
    seq integer not null,
    name text not null,
    data text not null,
    created_at integer not null,
    leased_until integer not null,
    attempts integer not null,
    done_at integer,
    primary key (bucket, tenant, event, position)
) strict, without rowid;
create index outbox_waiting on outbox (bucket, event, position) where done_at is null;
create index outbox_done on outbox (done_at) where done_at is not null;

-- Work for later, done at least once.
-- owner: store/queue
create table job (
    job integer not null primary key,
    queue text not null,
    unique_key text,
    data text not null,
    run_at integer not null,
    leased_until integer not null,
    attempts integer not null,
    max_attempts integer not null,
    last_error text,
    dead_at integer,
    created_at integer not null
) strict, without rowid;
create index job_due on job (queue, run_at) where dead_at is null;
create unique index job_key on job (queue, unique_key) where unique_key is not null and dead_at is null;

-- Answers already given over HTTP.
-- owner: store/idempotency
create table idempotency (
    tenant integer not null,
    key text not null,
    request_hash blob not null,
    status integer,
    answer blob,
    leased_until integer not null,
    created_at integer not null,
    expires_at integer not null,
    primary key (tenant, key)
) strict, without rowid;
create index idempotency_expiry on idempotency (expires_at);
