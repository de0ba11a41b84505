-- Who works on a client's program, on which side and for what.
-- owner: workspace
create table workspace_person (
    tenant bigint not null,
    staff bigint not null,
    side text not null,
    duty text not null,
    phone text not null,
    digest bigint not null,
    away_until bigint,
    deputy bigint,
    primary key (tenant, staff)
);

-- Which daily letters have left, so that none leaves twice.
-- owner: workspace
create table workspace_digest (
    tenant bigint not null,
    staff bigint not null,
    day text not null,
    sent_at bigint not null,
    primary key (tenant, staff, day)
);
