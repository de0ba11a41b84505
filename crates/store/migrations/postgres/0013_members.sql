-- Who is enrolled. Personal data lives in these tables and nowhere else.
-- owner: members
create table member (
    member bigint not null primary key,
    tenant bigint not null,
    account bigint not null unique,
    kind text not null,
    status text not null,
    enrolled_at bigint not null,
    locale text,
    attributes text not null
);
create index member_tenant on member (tenant, member);

-- Every token that resolves to a member. An alias stays for ever unless the person is erased.
-- owner: members
create table member_identifier (
    tenant bigint not null,
    scheme text not null,
    value text not null,
    member bigint not null,
    account bigint not null,
    created_at bigint not null,
    primary key (tenant, scheme, value)
);
create index member_identifier_member on member_identifier (member);

-- Hashes of the identifiers of erased persons, so that no import brings them back.
-- owner: members
create table suppression (
    tenant bigint not null,
    hash bytea not null,
    created_at bigint not null,
    primary key (tenant, hash)
);

-- Who takes part in which program.
-- owner: memberships
create table membership (
    tenant bigint not null,
    program bigint not null,
    member bigint not null,
    account bigint not null,
    status text not null,
    joined_at bigint not null,
    left_at bigint,
    primary key (tenant, program, member)
);
create index membership_member on membership (member);
