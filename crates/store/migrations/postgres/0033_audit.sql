-- Who did what, when and why. No personal data. Tenant 0 is the installation.
-- owner: audit
create table audit_entry (
    tenant bigint not null,
    seq bigint not null,
    at bigint not null,
    actor text not null,
    action text not null,
    object text not null,
    reason text not null,
    detail text not null,
    prev_hash bytea not null,
    hash bytea not null,
    primary key (tenant, seq)
);

-- The end of each tenant's chain.
-- owner: audit
create table audit_head (
    tenant bigint not null primary key,
    seq bigint not null,
    hash bytea not null
);

-- What is in the audit log stays as it is.
revoke update, delete, truncate on audit_entry from current_user;
