-- The journal's lines stand in their event's row: one row instead of five. One array per line, by position:
-- [point type, side, points, lot's event, lot's number, effective_at]; no lot is null, null; the event itself as the
-- lot's event is 0, its own instant null.
-- With a rowid, as its rows are long: they are appended to the table, and only short keys go to their places.
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
    primary key (bucket, tenant, account, event),
    unique (bucket, tenant, account, source, source_ref, kind)
) strict;
insert into event_new select e.*, coalesce((
    select '[' || group_concat('[' || n.point_type || ',' || n.side || ',' || n.points || ','
        || coalesce(case when n.lot_event = n.event then 0 else n.lot_event end, 'null') || ','
        || coalesce(n.lot_seq, 'null') || ','
        || coalesce(nullif(n.effective_at, e.effective_at), 'null') || ']', ',' order by n.position) || ']'
    from entry n where n.bucket = e.bucket and n.tenant = e.tenant and n.account = e.account and n.event = e.event), '[]')
    from event e;
drop table entry;
drop table event;
alter table event_new rename to event;
create index event_order on event (bucket, event);
create index event_origin on event (bucket, tenant, account, origin) where origin is not null;
create index event_import on event (tenant, import) where import is not null;
create trigger event_no_update before update on event begin select raise(abort, 'the journal is only ever added to'); end;
create trigger event_no_delete before delete on event begin select raise(abort, 'the journal is only ever added to'); end;
