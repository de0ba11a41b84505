-- People who work with Lazo. Name and login are personal data and live here only.
-- owner: staff
create table staff (
    staff integer not null primary key,
    login text not null unique,
    name text not null,
    created_at integer not null,
    disabled_at integer
) strict, without rowid;

-- Who is what in which tenant; tenant 0 is the installation.
-- owner: staff
create table staff_role (
    staff integer not null,
    tenant integer not null,
    role text not null,
    granted_by text not null,
    granted_at integer not null,
    primary key (staff, tenant, role)
) strict, without rowid;
create index staff_role_tenant on staff_role (tenant, staff);

-- Tokens are kept as hashes; the token itself was shown once.
-- owner: staff
create table staff_token (
    hash blob not null primary key,
    staff integer not null,
    -- Works in this tenant only; null works wherever its holder is something.
    tenant integer,
    created_at integer not null,
    expires_at integer not null,
    revoked_at integer
) strict, without rowid;
create index staff_token_staff on staff_token (staff);

-- The one-time token of the first administrator.
-- owner: staff
create table setup_token (
    hash blob not null primary key,
    created_at integer not null
) strict, without rowid;
