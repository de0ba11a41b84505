-- When a source last changed what it knows of a person, and which fields it has checked.
alter table integration_person add column changed_at bigint;
alter table integration_person add column verified text not null default '';

-- Addresses that several golden members of a plan have: keyed hashes. Nobody can sign in with one.
-- owner: integration_projects
create table integration_shared_contact (
    tenant bigint not null,
    project bigint not null,
    hash text not null,
    primary key (tenant, project, hash)
);
