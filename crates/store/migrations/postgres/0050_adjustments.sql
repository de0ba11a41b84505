-- Adjustments by hand, those that wait for a second person included.
-- owner: adjustments
create table adjustment (
    tenant bigint not null,
    adjustment bigint not null,
    member bigint not null,
    account bigint not null,
    program bigint not null,
    point_type bigint not null,
    points bigint not null,
    reason text not null,
    effective_at bigint not null,
    state text not null,
    asked_by text not null,
    asked_at bigint not null,
    decided_by text,
    decided_at bigint,
    event bigint,
    primary key (tenant, adjustment)
);
