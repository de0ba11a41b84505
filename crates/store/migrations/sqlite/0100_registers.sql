-- Registers: what people write down about a client, each entry as it stands now.
-- owner: registers
create table register_entry (
    tenant integer not null,
    register text not null,
    entry integer not null,
    body text not null,
    revision integer not null,
    author text not null,
    created_at integer not null,
    changed_by text not null,
    changed_at integer not null,
    removed_at integer,
    primary key (tenant, register, entry)
) strict, without rowid;

-- What each entry said before, and who changed it when.
-- owner: registers
create table register_change (
    tenant integer not null,
    register text not null,
    entry integer not null,
    revision integer not null,
    body text,
    actor text not null,
    at integer not null,
    primary key (tenant, register, entry, revision)
) strict, without rowid;
