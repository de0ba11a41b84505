-- Does a tenant ask that the six functions sign a version before it is published?
-- owner: sign_offs
create table sign_off_policy (
    tenant integer not null primary key,
    demanded integer not null,
    set_by text not null,
    set_at integer not null
) strict, without rowid;

-- Who signed which version of a program for which function. What a later version changes opens it again.
-- owner: sign_offs
create table sign_off (
    tenant integer not null,
    program integer not null,
    version integer not null,
    function text not null,
    verdict text not null,
    note text not null,
    signed_by text not null,
    signed_at integer not null,
    primary key (tenant, program, version, function)
) strict, without rowid;
