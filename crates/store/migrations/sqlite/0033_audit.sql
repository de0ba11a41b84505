-- Who did what, when and why. No personal data. Tenant 0 is the installation.
-- owner: audit
create table audit_entry (
    tenant integer not null,
    seq integer not null,
    at integer not null,
    actor text not null,
    action text not null,
    object text not null,
    reason text not null,
    detail text not null,
    prev_hash blob not null,
    hash blob not null,
    primary key (tenant, seq)
) strict, without rowid;

-- The end of each tenant's chain.
-- owner: audit
create table audit_head (
    tenant integer not null primary key,
    seq integer not null,
    hash blob not null
) strict, without rowid;

-- What is in the audit log stays as it is.
create trigger audit_entry_no_update before update on audit_entry begin select raise(abort, 'the audit log is only ever added to'); end;
create trigger audit_entry_no_delete before delete on audit_entry begin select raise(abort, 'the audit log is only ever added to'); end;
