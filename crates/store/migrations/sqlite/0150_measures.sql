-- What the journal says by day, kept up as it grows: how far each bucket is read, what moved on each account and day, and
-- the sums of a program's days. Days count from 1970-01-01 in the tenant's zone. Everything here can be made again from
-- the journal.
-- owner: measures
create table measure_cursor (
    bucket integer not null primary key,
    event integer not null
) strict, without rowid;

-- owner: measures
create table measure_day (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    program integer not null,
    day integer not null,
    purchases integer not null,
    net_minor integer not null,
    issued integer not null,
    redeemed integer not null,
    expired integer not null,
    primary key (bucket, tenant, account, program, day)
) strict, without rowid;
create index measure_day_seen on measure_day (tenant, program, day);

-- owner: measures
create table measure_sum (
    tenant integer not null,
    program integer not null,
    point_type integer not null,
    day integer not null,
    purchases integer not null,
    net_minor integer not null,
    issued integer not null,
    redeemed integer not null,
    expired integer not null,
    adjusted integer not null,
    converted integer not null,
    transferred integer not null,
    opening integer not null,
    primary key (tenant, program, point_type, day)
) strict, without rowid;

-- What people and systems beside the ledger observed: surveys, tills, training, competitors. Facts in the form of the
-- diagnosis, never of persons. A later one replaces an earlier one; the earlier stays.
-- owner: measures
create table measure_observation (
    tenant integer not null,
    program integer not null,
    fact text not null,
    observation integer not null,
    data text not null,
    source text not null,
    day_from integer not null,
    day_to integer not null,
    recorded_by text not null,
    recorded_at integer not null,
    primary key (tenant, program, fact, observation)
) strict, without rowid;

-- Reports as they were when they were made, with the hash of their data.
-- owner: reports
create table report (
    tenant integer not null,
    report integer not null,
    program integer not null,
    day_from integer not null,
    day_to integer not null,
    as_of integer not null,
    data text not null,
    hash text not null,
    author text not null,
    created_at integer not null,
    primary key (tenant, report)
) strict;

-- What people add to a report: context to an item, or that they would rather not show it. Nothing is taken away.
-- owner: reports
create table report_note (
    tenant integer not null,
    report integer not null,
    note integer not null,
    item text not null,
    kind text not null,
    words text not null,
    author text not null,
    created_at integer not null,
    primary key (tenant, report, note)
) strict, without rowid;

-- Recommendations on their way from a finding to a measured effect.
-- owner: recommendations
create table recommendation (
    tenant integer not null,
    recommendation integer not null,
    program integer not null,
    rule text not null,
    state text not null,
    evidence text not null,
    proposed_by text not null,
    proposed_at integer not null,
    decided_by text,
    decided_at integer,
    reason text,
    change_ref text,
    measured text,
    closed_at integer,
    primary key (tenant, recommendation)
) strict;
