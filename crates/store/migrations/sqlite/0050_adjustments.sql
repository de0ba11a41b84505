-- Adjustments by hand, those that wait for a second person included.
-- owner: adjustments
create table adjustment (
    tenant integer not null,
    adjustment integer not null,
    member integer not null,
    account integer not null,
    program integer not null,
    point_type integer not null,
    points integer not null,
    reason text not null,
    effective_at integer not null,
    state text not null,
    asked_by text not null,
    asked_at integer not null,
    decided_by text,
    decided_at integer,
    event integer,
    primary key (tenant, adjustment)
) strict;
