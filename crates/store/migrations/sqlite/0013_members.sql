-- Who is enrolled. Personal data lives in these tables and nowhere else.
-- owner: members
create table member (
    member integer not null primary key,
    tenant integer not null,
    account integer not null unique,
    kind text not null,
    status text not null,
    enrolled_at integer not null,
    locale text,
    attributes text not null
) strict, without rowid;
create index member_tenant on member (tenant, member);

-- Every token that resolves to a member. An alias stays for ever unless the person is erased.
-- owner: members
create table member_identifier (
    tenant integer not null,
    scheme text not null,
    value text not null,
    member integer not null,
    account integer not null,
    created_at integer not null,
    primary key (tenant, scheme, value)
) strict, without rowid;
create index member_identifier_member on member_identifier (member);

-- Hashes of the identifiers of erased persons, so that no import brings them back.
-- owner: members
create table suppression (
    tenant integer not null,
    hash blob not null,
    created_at integer not null,
    primary key (tenant, hash)
) strict, without rowid;

-- Who takes part in which program.
-- owner: memberships
create table membership (
    tenant integer not null,
    program integer not null,
    member integer not null,
    account integer not null,
    status text not null,
    joined_at integer not null,
    left_at integer,
    primary key (tenant, program, member)
) strict, without rowid;
create index membership_member on membership (member);
