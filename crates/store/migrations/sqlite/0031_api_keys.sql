-- Keys of programs. Kept as hashes; the key itself was shown once.
-- owner: api_keys
create table api_key (
    api_key integer not null primary key,
    tenant integer not null,
    name text not null,
    role text not null,
    -- A JSON list; null is all that the role may do.
    scopes text,
    hash blob not null unique,
    hint text not null,
    created_by text not null,
    created_at integer not null,
    expires_at integer,
    revoked_at integer
) strict, without rowid;
create index api_key_tenant on api_key (tenant, api_key);
