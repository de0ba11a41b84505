-- Consumer-facing identities.
-- owner: brands
create table brand (
    brand bigint not null primary key,
    tenant bigint not null,
    code text not null,
    name text not null,
    created_at bigint not null,
    unique (tenant, code)
);
