-- Forecasts of the work, as they were kept: how the day moved, and why.
-- owner: technology
create table technology_forecast (
    tenant bigint not null,
    at bigint not null,
    start text not null,
    p50 text not null,
    p80 text not null,
    p90 text not null,
    promised text,
    seed bigint not null,
    reason text not null,
    made_by text not null,
    primary key (tenant, at)
);

-- The events that showed that an integration point works.
-- owner: technology
create table technology_proof (
    tenant bigint not null,
    entry bigint not null,
    event bigint not null,
    proven_by text not null,
    proven_at bigint not null,
    primary key (tenant, entry)
);
