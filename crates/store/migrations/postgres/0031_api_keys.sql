-- Keys of programs. Kept as hashes; the key itself was shown once.
-- owner: api_keys
create table api_key (
    api_key bigint not null primary key,
    tenant bigint not null,
    name text not null,
    role text not null,
    -- A JSON list; null is all that the role may do.
    scopes text,
    hash bytea not null unique,
    hint text not null,
    created_by text not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint
);
create index api_key_tenant on api_key (tenant, api_key);
