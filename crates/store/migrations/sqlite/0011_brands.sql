-- Consumer-facing identities.
-- owner: brands
create table brand (
    brand integer not null primary key,
    tenant integer not null,
    code text not null,
    name text not null,
    created_at integer not null,
    unique (tenant, code)
) strict, without rowid;
