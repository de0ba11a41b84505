-- Work around the ledger: node numbers, outbox, jobs, answers already given.
-- owner: store/ids
create table node (
    node bigint not null primary key,
    holder text not null,
    leased_until bigint not null
);

-- What the outside should hear of, written with what it tells of.
-- owner: store/outbox
create table outbox (
    bucket smallint not null,
    tenant bigint not null,
    event bigint not null,
    position smallint not null,
    account bigint not null,
    seq bigint not null,
    name text not null,
    data text not null,
    created_at bigint not null,
    leased_until bigint not null,
    attempts bigint not null,
    done_at bigint,
    primary key (bucket, tenant, event, position)
) with (fillfactor = 75);
create index outbox_waiting on outbox (bucket, event, position) where done_at is null;
create index outbox_done on outbox (done_at) where done_at is not null;

-- Work for later, done at least once.
-- owner: store/queue
create table job (
    job bigint not null primary key,
    queue text not null,
    unique_key text,
    data text not null,
    run_at bigint not null,
    leased_until bigint not null,
    attempts bigint not null,
    max_attempts bigint not null,
    last_error text,
    dead_at bigint,
    created_at bigint not null
);
create index job_due on job (queue, run_at) where dead_at is null;
create unique index job_key on job (queue, unique_key) where unique_key is not null and dead_at is null;

-- Answers already given over HTTP.
-- owner: store/idempotency
create table idempotency (
    tenant bigint not null,
    key text not null,
    request_hash bytea not null,
    status bigint,
    answer bytea,
    leased_until bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    primary key (tenant, key)
);
create index idempotency_expiry on idempotency (expires_at);
