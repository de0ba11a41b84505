-- New rows of the journal go to the end of their bucket's keys, not to a place of their own somewhere in the middle, and
-- there are fewer keys: a purchase then touches fewer pages.
-- A purchase's name is kept once by its claim; the names of all other kinds are kept once by the journal itself.
-- The lots of an account stand together under their key, open ones and closed ones.
-- owner: store/ledger
create table event_new (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    event integer not null,
    seq integer not null,
    kind integer not null,
    program integer not null,
    source text not null,
    source_ref text not null,
    effective_at integer not null,
    recorded_at integer not null,
    actor text not null,
    import integer,
    origin integer,
    body_hash blob not null,
    detail blob not null,
    entries text not null,
    primary key (bucket, event)
) strict, without rowid;
insert into event_new select * from event order by bucket, event;
drop table event;
alter table event_new rename to event;
create index event_account on event (bucket, tenant, account, event);
create unique index event_named on event (bucket, tenant, account, source, source_ref, kind) where kind <> 1;
create index event_origin on event (bucket, tenant, account, origin) where origin is not null;
create index event_import on event (tenant, import) where import is not null;
create trigger event_no_update before update on event begin select raise(abort, 'the journal is only ever added to'); end;
create trigger event_no_delete before delete on event begin select raise(abort, 'the journal is only ever added to'); end;
drop index lot_open;
-- What keeps a purchase from counting twice is only ever added to, as the journal is.
create trigger claim_no_update before update on claim begin select raise(abort, 'claims are only ever added to'); end;
create trigger claim_no_delete before delete on claim begin select raise(abort, 'claims are only ever added to'); end;
