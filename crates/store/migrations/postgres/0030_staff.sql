-- People who work with Lazo. Name and login are personal data and live here only.
-- owner: staff
create table staff (
    staff bigint not null primary key,
    login text not null unique,
    name text not null,
    created_at bigint not null,
    disabled_at bigint
);

-- Who is what in which tenant; tenant 0 is the installation.
-- owner: staff
create table staff_role (
    staff bigint not null,
    tenant bigint not null,
    role text not null,
    granted_by text not null,
    granted_at bigint not null,
    primary key (staff, tenant, role)
);
create index staff_role_tenant on staff_role (tenant, staff);

-- Tokens are kept as hashes; the token itself was shown once.
-- owner: staff
create table staff_token (
    hash bytea not null primary key,
    staff bigint not null,
    -- Works in this tenant only; null works wherever its holder is something.
    tenant bigint,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);
create index staff_token_staff on staff_token (staff);

-- The one-time token of the first administrator.
-- owner: staff
create table setup_token (
    hash bytea not null primary key,
    created_at bigint not null
);
