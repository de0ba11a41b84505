-- Audiences: a condition over what is known of a program's members. Who is in one is worked out when it is asked.
-- owner: segments
create table segment (
    tenant integer not null,
    segment integer not null,
    program integer not null,
    name text not null,
    condition text not null,
    -- The conditions of the guided form as JSON, when the condition was made by it.
    guided text,
    author text not null,
    created_at integer not null,
    changed_at integer not null,
    primary key (tenant, segment)
) strict, without rowid;
