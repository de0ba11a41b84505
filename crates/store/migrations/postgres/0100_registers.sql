-- Registers: what people write down about a client, each entry as it stands now.
-- owner: registers
create table register_entry (
    tenant bigint not null,
    register text not null,
    entry bigint not null,
    body text not null,
    revision bigint not null,
    author text not null,
    created_at bigint not null,
    changed_by text not null,
    changed_at bigint not null,
    removed_at bigint,
    primary key (tenant, register, entry)
);

-- What each entry said before, and who changed it when.
-- owner: registers
create table register_change (
    tenant bigint not null,
    register text not null,
    entry bigint not null,
    revision bigint not null,
    body text,
    actor text not null,
    at bigint not null,
    primary key (tenant, register, entry, revision)
);
