-- Readings of indicators: what each was at an instant, and what it was computed from.
-- owner: kpis
create table kpi_reading (
    tenant integer not null,
    kpi text not null,
    at integer not null,
    value integer not null,
    part integer not null,
    whole integer not null,
    events integer not null,
    is_baseline integer not null,
    taken_by text not null,
    primary key (tenant, kpi, at)
) strict, without rowid;
