-- The journal's lines stand in their event's row: one row instead of five. One array per line, by position:
-- [point type, side, points, lot's event, lot's number, effective_at]; no lot is null, null; the event itself as the
-- lot's event is 0, its own instant null.
-- owner: store/ledger
create table event_new (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    event bigint not null,
    seq bigint not null,
    kind smallint not null,
    program bigint not null,
    source text not null,
    source_ref text not null,
    effective_at bigint not null,
    recorded_at bigint not null,
    actor text not null,
    import bigint,
    origin bigint,
    body_hash bytea not null,
    detail bytea not null,
    entries text not null
);
insert into event_new select e.*, coalesce((
    select '[' || string_agg('[' || n.point_type || ',' || n.side || ',' || n.points || ','
        || coalesce((case when n.lot_event = n.event then 0 else n.lot_event end)::text, 'null') || ','
        || coalesce(n.lot_seq::text, 'null') || ','
        || coalesce(nullif(n.effective_at, e.effective_at)::text, 'null') || ']', ',' order by n.position) || ']'
    from entry n where n.bucket = e.bucket and n.tenant = e.tenant and n.account = e.account and n.event = e.event), '[]')
    from event e;
drop table entry;
drop table event;
alter table event_new rename to event;
alter table event add primary key (bucket, tenant, account, event);
alter table event add unique (bucket, tenant, account, source, source_ref, kind);
create index event_order on event (bucket, event);
create index event_origin on event (bucket, tenant, account, origin) where origin is not null;
create index event_import on event (tenant, import) where import is not null;
revoke update, delete, truncate on event from current_user;
