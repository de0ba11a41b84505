-- An account's balances stand in its own row: a purchase then touches one row of one table instead of three of two.
-- One array per point type: [point type, available, pending, held].
-- owner: store/ledger
create table account_new (
    bucket integer not null,
    tenant integer not null,
    account integer not null,
    member integer not null,
    version integer not null,
    enrolled_at integer not null,
    next_at integer,
    state text not null,
    balances text not null,
    primary key (bucket, tenant, account)
) strict, without rowid;
insert into account_new select a.*, coalesce((
    select '[' || group_concat('[' || b.point_type || ',' || b.available || ',' || b.pending || ',' || b.held || ']', ','
        order by b.point_type) || ']'
    from balance b where b.bucket = a.bucket and b.tenant = a.tenant and b.account = a.account), '[]') from account a;
drop table balance;
drop table account;
alter table account_new rename to account;
create index account_due on account (bucket, next_at) where next_at is not null;
create index account_member on account (tenant, member);
