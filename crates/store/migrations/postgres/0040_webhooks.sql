-- Where tenants want to hear what happens. The secrets sign what is sent; they are never shown again.
-- owner: webhook_endpoints
create table webhook_endpoint (
    tenant bigint not null,
    endpoint bigint not null,
    url text not null,
    description text not null,
    -- The names of events it wants, a JSON array; empty is all of them.
    events text not null,
    state text not null,
    -- Why it is off, for one that was turned off.
    reason text,
    secret text not null,
    secret_before text,
    before_until bigint,
    version bigint not null,
    created_at bigint not null,
    -- Failures in a row, since when, and until when it is left alone.
    failures bigint not null,
    failing_since bigint,
    rest_until bigint not null,
    -- Whose turn it is: one sender at a time, and the one served longest ago first.
    leased_until bigint not null,
    served_at bigint not null,
    primary key (tenant, endpoint)
);

-- One message for one endpoint. A message of the outbox reaches an endpoint once, whoever takes it there.
-- owner: webhook_endpoints
create table webhook_delivery (
    tenant bigint not null,
    endpoint bigint not null,
    delivery bigint not null,
    bucket smallint not null,
    event bigint not null,
    position smallint not null,
    name text not null,
    body text not null,
    state bigint not null,
    attempts bigint not null,
    next_at bigint not null,
    give_up_at bigint not null,
    created_at bigint not null,
    done_at bigint,
    primary key (tenant, endpoint, delivery),
    unique (tenant, endpoint, bucket, event, position)
);
create index webhook_delivery_due on webhook_delivery (tenant, endpoint, next_at) where state = 0;
create index webhook_delivery_done on webhook_delivery (done_at) where state <> 0;

-- What came of each attempt, with the beginning of the answer.
-- owner: webhook_endpoints
create table webhook_attempt (
    tenant bigint not null,
    endpoint bigint not null,
    delivery bigint not null,
    attempt bigint not null,
    at bigint not null,
    status bigint,
    fault text,
    latency_ms bigint not null,
    answer text not null,
    primary key (tenant, endpoint, delivery, attempt)
);
