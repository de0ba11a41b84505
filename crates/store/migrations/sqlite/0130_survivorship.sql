-- When a source last changed what it knows of a person, and which fields it has checked.
alter table integration_person add column changed_at integer;
alter table integration_person add column verified text not null default '';

-- Addresses that several golden members of a plan have: keyed hashes. Nobody can sign in with one.
-- owner: integration_projects
create table integration_shared_contact (
    tenant integer not null,
    project integer not null,
    hash text not null,
    primary key (tenant, project, hash)
) strict, without rowid;
