-- Programs, and the immutable versions of their documents.
-- owner: programs
create table program (
    program integer not null primary key,
    tenant integer not null,
    brand integer,
    code text not null,
    created_at integer not null,
    unique (tenant, code)
) strict, without rowid;

-- The id that a point type's code has in the ledger. Never changed, never deleted.
-- owner: programs
create table point_type (
    point_type integer not null primary key,
    tenant integer not null,
    program integer not null,
    code text not null,
    unique (program, code)
) strict, without rowid;

-- A document is never edited; only its way from draft to published or discarded is noted.
-- owner: programs
create table program_version (
    program integer not null,
    version integer not null,
    tenant integer not null,
    state text not null,
    document text not null,
    effective_from integer,
    author text not null,
    created_at integer not null,
    publisher text,
    published_at integer,
    primary key (program, version)
) strict, without rowid;
create index program_version_tenant on program_version (tenant, state);
create unique index program_version_draft on program_version (program) where state = 'draft';
