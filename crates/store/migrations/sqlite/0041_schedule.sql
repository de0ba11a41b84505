-- What is done again and again, by one process at a time.
-- owner: store/schedule
create table schedule (
    name text not null primary key,
    holder text not null,
    leased_until integer not null,
    next_at integer not null,
    started_at integer not null,
    ended_at integer,
    done integer not null,
    failures integer not null,
    last_error text
) strict, without rowid;
