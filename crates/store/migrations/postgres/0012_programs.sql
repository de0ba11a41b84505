-- Programs, and the immutable versions of their documents.
-- owner: programs
create table program (
    program bigint not null primary key,
    tenant bigint not null,
    brand bigint,
    code text not null,
    created_at bigint not null,
    unique (tenant, code)
);

-- The id that a point type's code has in the ledger. Never changed, never deleted.
-- owner: programs
create table point_type (
    point_type bigint not null primary key,
    tenant bigint not null,
    program bigint not null,
    code text not null,
    unique (program, code)
);

-- A document is never edited; only its way from draft to published or discarded is noted.
-- owner: programs
create table program_version (
    program bigint not null,
    version bigint not null,
    tenant bigint not null,
    state text not null,
    document text not null,
    effective_from bigint,
    author text not null,
    created_at bigint not null,
    publisher text,
    published_at bigint,
    primary key (program, version)
);
create index program_version_tenant on program_version (tenant, state);
create unique index program_version_draft on program_version (program) where state = 'draft';
