-- Audiences: a condition over what is known of a program's members. Who is in one is worked out when it is asked.
-- owner: segments
create table segment (
    tenant bigint not null,
    segment bigint not null,
    program bigint not null,
    name text not null,
    condition text not null,
    -- The conditions of the guided form as JSON, when the condition was made by it.
    guided text,
    author text not null,
    created_at bigint not null,
    changed_at bigint not null,
    primary key (tenant, segment)
);
