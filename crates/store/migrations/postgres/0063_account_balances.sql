-- An account's balances stand in its own row: a purchase then touches one row of one table instead of three of two.
-- One array per point type: [point type, available, pending, held].
-- owner: store/ledger
create table account_new (
    bucket smallint not null,
    tenant bigint not null,
    account bigint not null,
    member bigint not null,
    version bigint not null,
    enrolled_at bigint not null,
    next_at bigint,
    state text not null,
    balances text not null,
    primary key (bucket, tenant, account)
) with (fillfactor = 70);
insert into account_new select a.*, coalesce((
    select '[' || string_agg('[' || b.point_type || ',' || b.available || ',' || b.pending || ',' || b.held || ']', ','
        order by b.point_type) || ']'
    from balance b where b.bucket = a.bucket and b.tenant = a.tenant and b.account = a.account), '[]') from account a;
drop table balance;
drop table account;
alter table account_new rename to account;
alter index account_new_pkey rename to account_pkey;
create index account_due on account (bucket, next_at) where next_at is not null;
create index account_member on account (tenant, member);
