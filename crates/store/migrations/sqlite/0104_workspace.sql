-- Who works on a client's program, on which side and for what.
-- owner: workspace
create table workspace_person (
    tenant integer not null,
    staff integer not null,
    side text not null,
    duty text not null,
    phone text not null,
    digest integer not null,
    away_until integer,
    deputy integer,
    primary key (tenant, staff)
) strict, without rowid;

-- Which daily letters have left, so that none leaves twice.
-- owner: workspace
create table workspace_digest (
    tenant integer not null,
    staff integer not null,
    day text not null,
    sent_at integer not null,
    primary key (tenant, staff, day)
) strict, without rowid;
