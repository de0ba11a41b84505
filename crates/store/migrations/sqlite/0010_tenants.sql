-- Client companies.
-- owner: tenants
create table tenant (
    tenant integer not null primary key,
    code text not null unique,
    name text not null,
    legal_entity text,
    country text not null,
    time_zone text not null,
    currency text not null,
    locales text not null,
    member_attributes text not null,
    sandbox integer not null,
    -- The test clock of a sandbox: the instant it stands at. Null is the real clock.
    clock_at integer,
    live integer not null,
    -- Grows with every change that programs or rules could notice, so that other processes see it.
    config_version integer not null,
    created_at integer not null
) strict, without rowid;
