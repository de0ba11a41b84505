-- What is done again and again, by one process at a time.
-- owner: store/schedule
create table schedule (
    name text not null primary key,
    holder text not null,
    leased_until bigint not null,
    next_at bigint not null,
    started_at bigint not null,
    ended_at bigint,
    done bigint not null,
    failures bigint not null,
    last_error text
) with (fillfactor = 75);
