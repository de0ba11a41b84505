-- Forecasts of the work, as they were kept: how the day moved, and why.
-- owner: technology
create table technology_forecast (
    tenant integer not null,
    at integer not null,
    start text not null,
    p50 text not null,
    p80 text not null,
    p90 text not null,
    promised text,
    seed integer not null,
    reason text not null,
    made_by text not null,
    primary key (tenant, at)
) strict, without rowid;

-- The events that showed that an integration point works.
-- owner: technology
create table technology_proof (
    tenant integer not null,
    entry integer not null,
    event integer not null,
    proven_by text not null,
    proven_at integer not null,
    primary key (tenant, entry)
) strict, without rowid;
