-- What the journal says by day, kept up as it grows: how far each bucket is read, what moved on each account and day, and
-- the sums of a program's days. Days count from 1970-01-01 in the tenant's zone. Everything here can be made again from
-- the journal.
-- owner: measures
create table measure_cursor (
    bucket bigint not null primary key,
    event bigint not null
);

-- owner: measures
create table measure_day (
    bucket bigint not null,
    tenant bigint not null,
    account bigint not null,
    program bigint not null,
    day bigint not null,
    purchases bigint not null,
    net_minor bigint not null,
    issued bigint not null,
    redeemed bigint not null,
    expired bigint not null,
    primary key (bucket, tenant, account, program, day)
);
create index measure_day_seen on measure_day (tenant, program, day);

-- owner: measures
create table measure_sum (
    tenant bigint not null,
    program bigint not null,
    point_type bigint not null,
    day bigint not null,
    purchases bigint not null,
    net_minor bigint not null,
    issued bigint not null,
    redeemed bigint not null,
    expired bigint not null,
    adjusted bigint not null,
    converted bigint not null,
    transferred bigint not null,
    opening bigint not null,
    primary key (tenant, program, point_type, day)
);

-- What people and systems beside the ledger observed: surveys, tills, training, competitors. Facts in the form of the
-- diagnosis, never of persons. A later one replaces an earlier one; the earlier stays.
-- owner: measures
create table measure_observation (
    tenant bigint not null,
    program bigint not null,
    fact text not null,
    observation bigint not null,
    data text not null,
    source text not null,
    day_from bigint not null,
    day_to bigint not null,
    recorded_by text not null,
    recorded_at bigint not null,
    primary key (tenant, program, fact, observation)
);

-- Reports as they were when they were made, with the hash of their data.
-- owner: reports
create table report (
    tenant bigint not null,
    report bigint not null,
    program bigint not null,
    day_from bigint not null,
    day_to bigint not null,
    as_of bigint not null,
    data text not null,
    hash text not null,
    author text not null,
    created_at bigint not null,
    primary key (tenant, report)
);

-- What people add to a report: context to an item, or that they would rather not show it. Nothing is taken away.
-- owner: reports
create table report_note (
    tenant bigint not null,
    report bigint not null,
    note bigint not null,
    item text not null,
    kind text not null,
    words text not null,
    author text not null,
    created_at bigint not null,
    primary key (tenant, report, note)
);

-- Recommendations on their way from a finding to a measured effect.
-- owner: recommendations
create table recommendation (
    tenant bigint not null,
    recommendation bigint not null,
    program bigint not null,
    rule text not null,
    state text not null,
    evidence text not null,
    proposed_by text not null,
    proposed_at bigint not null,
    decided_by text,
    decided_at bigint,
    reason text,
    change_ref text,
    measured text,
    closed_at bigint,
    primary key (tenant, recommendation)
);
