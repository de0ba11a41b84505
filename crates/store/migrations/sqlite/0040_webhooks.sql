-- Where tenants want to hear what happens. The secrets sign what is sent; they are never shown again.
-- owner: webhook_endpoints
create table webhook_endpoint (
    tenant integer not null,
    endpoint integer not null,
    url text not null,
    description text not null,
    -- The names of events it wants, a JSON array; empty is all of them.
    events text not null,
    state text not null,
    -- Why it is off, for one that was turned off.
    reason text,
    secret text not null,
    secret_before text,
    before_until integer,
    version integer not null,
    created_at integer not null,
    -- Failures in a row, since when, and until when it is left alone.
    failures integer not null,
    failing_since integer,
    rest_until integer not null,
    -- Whose turn it is: one sender at a time, and the one served longest ago first.
    leased_until integer not null,
    served_at integer not null,
    primary key (tenant, endpoint)
) strict, without rowid;

-- One message for one endpoint. A message of the outbox reaches an endpoint once, whoever takes it there.
-- owner: webhook_endpoints
create table webhook_delivery (
    tenant integer not null,
    endpoint integer not null,
    delivery integer not null,
    bucket integer not null,
    event integer not null,
    position integer not null,
    name text not null,
    body text not null,
    state integer not null,
    attempts integer not null,
    next_at integer not null,
    give_up_at integer not null,
    created_at integer not null,
    done_at integer,
    primary key (tenant, endpoint, delivery),
    unique (tenant, endpoint, bucket, event, position)
) strict, without rowid;
create index webhook_delivery_due on webhook_delivery (tenant, endpoint, next_at) where state = 0;
create index webhook_delivery_done on webhook_delivery (done_at) where state <> 0;

-- What came of each attempt, with the beginning of the answer.
-- owner: webhook_endpoints
create table webhook_attempt (
    tenant integer not null,
    endpoint integer not null,
    delivery integer not null,
    attempt integer not null,
    at integer not null,
    status integer,
    fault text,
    latency_ms integer not null,
    answer text not null,
    primary key (tenant, endpoint, delivery, attempt)
) strict, without rowid;
