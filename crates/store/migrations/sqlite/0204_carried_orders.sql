-- Which partner an item came from; empty for what a source tells itself.
alter table integration_item add column partner text not null default '';

-- Open reward orders of merged members: what was ordered at which price and with which promise, and how far it is.
-- owner: carried_orders
create table carried_order (
    tenant integer not null,
    project integer not null,
    source text not null,
    source_member text not null,
    name text not null,
    reward text not null,
    point_type text not null,
    points integer not null,
    ordered_at integer not null,
    promised_by integer,
    status text not null,
    changed_at integer not null,
    member integer not null,
    account integer not null,
    primary key (tenant, project, source, source_member, name)
) strict, without rowid;
create index carried_order_member on carried_order (tenant, member);

-- Where orders go. Personal data: goes with the person, and when the order is delivered or cancelled.
-- owner: carried_orders
create table carried_order_address (
    tenant integer not null,
    project integer not null,
    source text not null,
    member text not null,
    name text not null,
    address text not null,
    primary key (tenant, project, source, member, name)
) strict, without rowid;
