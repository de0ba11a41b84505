-- Runs of imports: which file under which mapping, how far it is, what came of it. No rows of the file.
-- owner: imports
create table import_run (
    import integer not null primary key,
    tenant integer not null,
    program integer not null,
    kind text not null,
    source text not null,
    file_name text not null,
    file_hash text not null,
    mapping_hash text not null,
    state text not null,
    checkpoint integer not null,
    counts text not null,
    started_at integer not null,
    finished_at integer,
    unique (tenant, program, kind, file_hash, mapping_hash)
) strict, without rowid;

-- What the ledger refused of an import, by its place among what the file gave; tried again when the file is.
-- owner: imports
create table import_refusal (
    import integer not null,
    place integer not null,
    line integer not null,
    code text not null,
    treatment text not null,
    reason text not null,
    primary key (import, place)
) strict, without rowid;
