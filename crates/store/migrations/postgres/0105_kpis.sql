-- Readings of indicators: what each was at an instant, and what it was computed from.
-- owner: kpis
create table kpi_reading (
    tenant bigint not null,
    kpi text not null,
    at bigint not null,
    value bigint not null,
    part bigint not null,
    whole bigint not null,
    events bigint not null,
    is_baseline bigint not null,
    taken_by text not null,
    primary key (tenant, kpi, at)
);
