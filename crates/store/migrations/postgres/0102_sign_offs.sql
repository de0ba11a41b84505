-- Does a tenant ask that the six functions sign a version before it is published?
-- owner: sign_offs
create table sign_off_policy (
    tenant bigint not null primary key,
    demanded bigint not null,
    set_by text not null,
    set_at bigint not null
);

-- Who signed which version of a program for which function. What a later version changes opens it again.
-- owner: sign_offs
create table sign_off (
    tenant bigint not null,
    program bigint not null,
    version bigint not null,
    function text not null,
    verdict text not null,
    note text not null,
    signed_by text not null,
    signed_at bigint not null,
    primary key (tenant, program, version, function)
);
